/** Generates custom-elements.json from the elements' own doc comments: `npm run analyze`. */

/** What the published package holds instead of a source file. */
const published = (path) => `dist/${path.replace(/\.ts$/, '.js')}`;

/** The `static properties` of a class, as written. */
function reactiveProperties(ts, node) {
  const member = node.members.find(
    (candidate) => ts.isPropertyDeclaration(candidate) && candidate.name.getText() === 'properties',
  );
  let value = member?.initializer;
  while (value && !ts.isObjectLiteralExpression(value)) value = value.expression; // `… as const`, `satisfies`
  return (value?.properties ?? []).filter(ts.isPropertyAssignment);
}

/** An option of one reactive property, as written: `attribute: 'icon-only'`. */
function option(ts, property, name) {
  const options = property.initializer;
  if (!ts.isObjectLiteralExpression(options)) return undefined;
  return options.properties.find((candidate) => candidate.name?.getText() === name)?.initializer?.getText();
}

/** Lit's rules that the analyzer does not know: `state: true` is private, attribute names are lower case. */
const litProperties = {
  name: 'waooaw-lit-properties',
  analyzePhase({ ts, node, moduleDoc }) {
    if (!ts.isClassDeclaration(node)) return;
    const declaration = moduleDoc.declarations?.find(({ name }) => name === node.name?.getText());
    for (const property of declaration ? reactiveProperties(ts, node) : []) {
      const name = property.name.getText();
      const field = declaration.members.find((member) => member.name === name);
      const attribute = declaration.attributes?.find(({ fieldName }) => fieldName === name);
      if (option(ts, property, 'state') === 'true') {
        declaration.members = declaration.members.filter((member) => member !== field);
        declaration.attributes = declaration.attributes?.filter((candidate) => candidate !== attribute);
      } else if (attribute && ['undefined', 'true'].includes(String(option(ts, property, 'attribute')))) {
        attribute.name = field.attribute = name.toLowerCase();
      }
    }
  },
};

/** Keeps what a user of the element sees, and names the files that the package publishes. */
const publicManifest = {
  name: 'waooaw-public',
  packageLinkPhase({ customElementsManifest: manifest }) {
    manifest.schemaVersion = '2.1.0'; // the first with cssStates
    const isElement = (declaration) => declaration.customElement && declaration.tagName;
    const modules = manifest.modules.filter(({ declarations }) => declarations?.some(isElement));
    const byPath = (a, b) => (a.path < b.path ? -1 : 1);
    manifest.modules = modules.sort(byPath).flatMap((module) => {
      const path = published(module.path);
      const elements = module.declarations.filter(isElement);
      for (const element of elements) {
        element.members = element.members?.filter(
          ({ privacy, name }) => privacy !== 'private' && privacy !== 'protected' && !name.startsWith('#'),
        );
      }
      const reference = ({ name }) => ({ name, module: path });
      return [
        {
          ...module,
          path,
          declarations: elements,
          exports: elements.map((element) => ({
            kind: 'js',
            name: element.name,
            declaration: reference(element),
          })),
        },
        {
          kind: 'javascript-module',
          path: path.replace(/[^/]+$/, 'define.js'),
          declarations: [],
          exports: elements.map((element) => ({
            kind: 'custom-element-definition',
            name: element.tagName,
            declaration: reference(element),
          })),
        },
      ];
    });
  },
};

export default {
  globs: ['src/elements/**/*.ts'],
  exclude: ['src/elements/**/*.test.ts', 'src/elements/**/*.styles.ts', 'src/elements/**/define.ts'],
  litelement: true,
  packagejson: false,
  quiet: true,
  plugins: [litProperties, publicManifest],
};
