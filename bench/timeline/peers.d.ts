// Only what is built with it needs the peer to be installed: the project is checked without.
declare module '@lit-labs/virtualizer';
