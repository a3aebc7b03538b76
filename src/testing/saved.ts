/** What a page hands to the browser as files. */

/** One file. */
export interface SavedFile {
  readonly name: string;
  readonly blob: Blob;
  /** The link was in the document, where listeners of the page hear of it. */
  readonly seen: boolean;
}

/** Runs something, and keeps the files that it saves from being saved. */
export async function saved(run: () => void | Promise<void>): Promise<readonly SavedFile[]> {
  const files: SavedFile[] = [];
  const blobs = new Map<string, Blob>();
  const create = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (blob: Blob) => {
    const address = create(blob);
    blobs.set(address, blob);
    return address;
  };
  HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
    files.push({ name: this.download, blob: blobs.get(this.href) ?? new Blob(), seen: this.isConnected });
  };
  try {
    await run();
  } finally {
    URL.createObjectURL = create;
    // What every element has appears again.
    Reflect.deleteProperty(HTMLAnchorElement.prototype, 'click');
  }
  return files;
}
