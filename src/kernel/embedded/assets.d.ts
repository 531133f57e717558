// Files that a program carries; the value is the path under which it can read them.
declare module "*.wasm" {
  const path: string;
  export default path;
}
declare module "*.data" {
  const path: string;
  export default path;
}
declare module "*.zst" {
  const path: string;
  export default path;
}
declare module "*.txt" {
  const path: string;
  export default path;
}
