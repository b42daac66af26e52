import { lang } from './data.js';

const russian = {
  'Activate hand tool': 'Двигать схему', 'Activate lasso tool': 'Выделить область', 'Activate create/remove space tool': 'Раздвинуть или сдвинуть', 'Activate global connect tool': 'Соединить стрелкой',
  'Create start event': 'Начальное событие', 'Create intermediate/boundary event': 'Промежуточное событие', 'Create end event': 'Конечное событие', 'Create gateway': 'Развилка', 'Create task': 'Шаг',
  'Create data object reference': 'Данные', 'Create data store reference': 'Хранилище данных', 'Create expanded sub-process': 'Подпроцесс', 'Create pool/participant': 'Участник', 'Create group': 'Группа',
  'Append task': 'Добавить шаг', 'Append end event': 'Добавить конечное событие', 'Append gateway': 'Добавить развилку', 'Append intermediate/boundary event': 'Добавить событие', 'Append {type}': 'Добавить: {type}',
  'Add text annotation': 'Добавить примечание', 'Change element': 'Изменить вид', 'Change type': 'Изменить вид', 'Connect to other element': 'Соединить с другим', 'Connect using association': 'Связать примечанием', 'Connect using sequence/message flow or association': 'Соединить стрелкой', Delete: 'Удалить', Remove: 'Удалить',
  'Toggle Token Simulation': 'Движение меток', 'Token Simulation': 'Движение меток', 'Play/Pause Simulation': 'Пуск и пауза', 'Reset Simulation': 'Начать заново', 'Set Animation Speed = Slow': 'Медленно', 'Set Animation Speed = Normal': 'Обычно', 'Set Animation Speed = Fast': 'Быстро', 'Toggle Simulation Log': 'Ход движения',
  Task: 'Шаг', 'User task': 'Шаг человека', 'Service task': 'Шаг системы', 'Exclusive gateway': 'Развилка «или»', 'Parallel gateway': 'Развилка «и»', 'Start event': 'Начало', 'End event': 'Конец',
};

export const translations = lang === 'ru' ? russian : {};
