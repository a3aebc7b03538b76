// What is used of the peers: the project is checked without them.
declare module 'chart.js' {
  export class Chart {
    constructor(canvas: HTMLCanvasElement, config: object);
    static register(...parts: unknown[]): void;
    readonly data: { datasets: { data: { x: number; y: number }[] }[] };
    update(mode: 'none'): void;
  }
  export const Filler: unknown;
  export const LineController: unknown;
  export const LineElement: unknown;
  export const LinearScale: unknown;
  export const PointElement: unknown;
}
declare module 'echarts/core' {
  export function use(parts: readonly unknown[]): void;
  export function init(element: HTMLElement): { setOption(option: object): void };
}
declare module 'echarts/charts' {
  export const LineChart: unknown;
}
declare module 'echarts/components' {
  export const GridComponent: unknown;
}
declare module 'echarts/renderers' {
  export const CanvasRenderer: unknown;
}
