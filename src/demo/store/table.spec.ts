import { HttpException, NotFoundException } from '@nestjs/common';
import { Table } from './table';

interface Plant {
  readonly id: string;
  readonly name: string;
}

describe('a table', () => {
  it('gives ids that count up, and none twice', () => {
    const plants = new Table<Plant>('plant');
    expect(plants.insert({ name: 'ivy' })).toEqual({ id: '1', name: 'ivy' });
    plants.remove('1');
    expect(plants.insert({ name: 'fern' })).toEqual({ id: '2', name: 'fern' });
    expect(plants.where()).toEqual([{ id: '2', name: 'fern' }]);
  });

  it('is bounded, and has room again when something was deleted', () => {
    const plants = new Table<Plant>('plant', 1);
    plants.insert({ name: 'ivy' });
    const message = 'The demo keeps 1 plants in memory. Delete some first.';
    expect(() => plants.insert({ name: 'fern' })).toThrow(new HttpException(message, 507));
    plants.remove('1');
    expect(plants.insert({ name: 'fern' })).toEqual({ id: '2', name: 'fern' });
  });

  it('says what it does not have', () => {
    const plants = new Table<Plant>('plant');
    expect(() => plants.get('7')).toThrow(new NotFoundException('There is no plant 7.'));
    expect(() => plants.remove('7')).toThrow(new NotFoundException('There is no plant 7.'));
  });
});
