/** Writes exports piece by piece, in each format. */
import type { ExportFormat, ExportHeader, ExportLine } from '../../../src/proof/export-format.ts';
import { CSV_HEAD, csvRow } from './csv.ts';

/** Text of an export, in the order that it is asked for. */
export interface ExportWriter {
  begin(header: ExportHeader): string;
  line(line: ExportLine): string;
  /** @param count entries since the header. */
  end(count: number): string;
}

/** What a format is called elsewhere. */
export const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8; header=present',
};

/** A writer for one export. */
export function exportWriter(format: ExportFormat): ExportWriter {
  switch (format) {
    case 'json':
      return jsonWriter();
    case 'ndjson':
      return ndjsonWriter();
    case 'csv':
      return csvWriter();
  }
}

function ndjsonWriter(): ExportWriter {
  return {
    begin: (header) => `${JSON.stringify(header)}\n`,
    line: (line) => `${JSON.stringify(line)}\n`,
    end: (count) => `${JSON.stringify({ end: true, count })}\n`,
  };
}

function jsonWriter(): ExportWriter {
  let between = '\n';
  return {
    begin: (header) => `${JSON.stringify(header).slice(0, -1)},"entries":[`,
    line: (line) => {
      const text = between + JSON.stringify(line);
      between = ',\n';
      return text;
    },
    end: (count) => `\n],"count":${count}}\n`,
  };
}

/** The last row says that it is: each waits for the next. */
function csvWriter(): ExportWriter {
  let header: ExportHeader | undefined;
  let waiting: ExportLine | undefined;
  const flush = (): string => {
    if (!waiting) return '';
    const text = csvRow(waiting, header);
    header = undefined;
    return text;
  };
  return {
    begin: (given) => {
      header = given;
      return CSV_HEAD;
    },
    line: (line) => {
      const text = flush();
      waiting = line;
      return text;
    },
    end: (count) => csvRow(waiting, { ...header, end: true, count }),
  };
}
