import { Matches } from 'class-validator';
import { IsText } from '../store/rules';

export class LoginDto {
  @IsText(1, 64)
  @Matches(/[A-Za-z0-9]/, { message: 'name must hold a letter from A to Z or a digit' })
  name!: string;
}
