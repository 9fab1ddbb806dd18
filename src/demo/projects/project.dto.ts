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
