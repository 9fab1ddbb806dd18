import { IsId, IsText, MayBeLeftOut } from '../store/rules';

export class CreateBoardDto {
  @IsId()
  projectId!: string;

  @IsText(1, 200)
  name!: string;
}

export class UpdateBoardDto {
  @MayBeLeftOut()
  @IsText(1, 200)
  name?: string;
}

export class BoardFilterDto {
  @MayBeLeftOut()
  @IsId()
  projectId?: string;
}
