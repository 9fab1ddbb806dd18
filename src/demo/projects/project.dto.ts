import { Matches } from 'class-validator';
import { IsText, MayBeLeftOut } from '../store/rules';

export class CreateProjectDto {
  @IsText(1, 200)
  name!: string;
}

export class UpdateProjectDto {
  @MayBeLeftOut()
  @IsText(1, 200)
  name?: string;
}

export class ContentsDto {
  /** A revision: the changes after it come, too. */
  @MayBeLeftOut()
  @Matches(/^\d{1,15}$/, { message: '$property must be a revision, as "12"' })
  since?: string;
}
