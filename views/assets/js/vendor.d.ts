// What we use of the vendor files, which the server hands out under /vendor/.
declare module '*/vendor/alpine.js' {
  export const Alpine: {
    data(name: string, make: unknown): void
    start(): void
  }
}

declare module '*/vendor/apexcharts.js' {
  interface Chart {
    render(): Promise<void>
    destroy(): void
    updateOptions(options: object): Promise<void>
    resetSeries(): void
  }
  const ApexCharts: new (element: Element, options: object) => Chart

  // biome-ignore lint/style/noDefaultExport: this is how the package exports it
  export { ApexCharts as default }
}
