// Bundles scripts and styles with esbuild. In (stdin, JSON): { root, entries: [{ in, out }] }.
// Out (stdout, JSON): { outputs: [{ name, source, imports, sheets, data }], errors: [{ text, file, line }] }, data in
// base64. It writes no file and does not know what the scripts do.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import esbuild from "esbuild";

const { root, entries } = JSON.parse(readFileSync(0, "utf8"));

/** A kernel imported as text: comments and indentation are for those who read the file, not for the wire. */
const kernels = {
  name: "kernels",
  setup(build) {
    build.onLoad({ filter: /\.wgsl$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const bare = text
        .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")
        .split("\n")
        .map((line) => line.trim())
        .filter(Boolean);
      return { contents: bare.join("\n"), loader: "text" };
    });
  },
};

/** What a script takes from a list of exports, and how such a list names each. */
const TAKEN = /import \{([^}]+)\} from "([^"]+\/index\.js)";/g;
const LISTED = /export \{([^}]+)\} from "([^"]+)";/g;

/** The names in braces, each as it stands there. */
const names = (text) =>
  text
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);

/**
 * A script with its imports from lists led to the modules themselves: esbuild puts all that a list names into one
 * chunk, and a page is to load only what it uses. Lines stay where they are.
 */
async function direct(code, folder) {
  for (const [whole, taken, list] of code.matchAll(TAKEN)) {
    const text = await readFile(join(folder, list), "utf8").catch(() => "");
    if (
      text
        .replace(/\/\*[\s\S]*?\*\//g, "")
        .replace(LISTED, "")
        .trim()
    )
      continue; // it does more than name others
    const places = new Map(
      [...text.matchAll(LISTED)].flatMap(([, all, from]) => names(all).map((name) => [name, from])),
    );
    const from = (name) => {
      const place = places.get(name.split(" ")[0]);
      return place ? `${dirname(list)}/${place}` : list; // esbuild says what a list lacks
    };
    const imports = names(taken).map((name) => `import { ${name} } from "${from(name)}";`);
    code = code.replace(whole, () => imports.join(" ") + "\n".repeat(whole.split("\n").length - 1));
  }
  return code;
}

/** How a script names a worker, as browsers read it: its place beside the script. */
const WORKER = /new URL\("(\.[^"]+\.js)", import\.meta\.url\)/g;

/** The script of a worker is an asset of its own, loaded when one is started. */
const workers = {
  name: "workers",
  setup(build) {
    build.onLoad({ filter: /\.js$/, namespace: "file" }, async ({ path }) => {
      const text = await direct(await readFile(path, "utf8"), dirname(path));
      const imports = [];
      const code = text.replace(WORKER, (_, place, at) => {
        const line = text.slice(0, at).split("\n").length;
        const name = `worker${imports.length}`;
        imports.push(`import ${name} from "worker:${line}:${place}";`);
        return `new URL(${name}, import.meta.url)`;
      });
      return { contents: `${code}\n${imports.join("\n")}`, loader: "js" };
    });
    build.onResolve({ filter: /^worker:/ }, async ({ path: named, ...place }) => {
      const [, line, name] = named.split(":");
      const { path, errors } = await build.resolve(name, place);
      const location = { file: relative(root, place.importer), line: Number(line) };
      if (errors.length) return { errors: [{ ...errors[0], location }] };
      return { path: relative(root, path), namespace: "worker" }; // which hashes take in: the copy lies anywhere
    });
    build.onLoad({ filter: /.*/, namespace: "worker" }, async ({ path }) => {
      const own = { ...options, entryPoints: [join(root, path)], splitting: false, plugins: [kernels] };
      const { outputFiles, errors } = await esbuild.build(own).catch((failure) => failure);
      return errors.length ? { errors } : { contents: outputFiles[0].contents, loader: "file" };
    });
  },
};

/** A style sheet that a script imports is linked by the page, one file for all scripts that import it. */
const sheets = {
  name: "sheets",
  setup(build) {
    build.onResolve({ filter: /\.css$/ }, ({ path, resolveDir, kind }) => {
      return kind === "import-statement"
        ? { path: relative(root, resolve(resolveDir, path)), namespace: "sheet" }
        : undefined;
    });
    build.onLoad({ filter: /.*/, namespace: "sheet" }, () => ({ contents: "", loader: "js" }));
  },
};

const file = "file";
const options = {
  absWorkingDir: root,
  entryPoints: entries,
  outdir: join(root, "assets"),
  publicPath: "/assets",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022", "chrome113", "firefox115", "safari17"],
  minify: true,
  charset: "utf8",
  legalComments: "none",
  loader: { ".woff2": file, ".svg": file, ".png": file, ".webp": file, ".jpg": file },
  plugins: [kernels, sheets, workers],
  metafile: true,
  write: false,
  logLevel: "silent",
};

/** The source of a font or picture, which esbuild copies from one input. */
const copied = (path, { inputs }) => (/\.(js|css)$/.test(path) ? null : Object.keys(inputs)[0]);

const isSheet = (name) => name.startsWith("sheet:");

/** Every source that an entry imports, in the order of the imports. */
function imported(entry, inputs, found = new Set()) {
  for (const { path } of inputs[entry]?.imports ?? []) {
    if (found.has(path)) continue;
    found.add(path);
    imported(path, inputs, found);
  }
  return found;
}

function describe(result) {
  const bytes = new Map(result.outputFiles.map((each) => [relative(root, each.path), each.contents]));
  return Object.entries(result.metafile.outputs).map(([path, output]) => ({
    name: basename(path),
    source: output.entryPoint ?? copied(path, output),
    imports: output.imports.filter(({ kind }) => kind === "import-statement").map((each) => basename(each.path)),
    sheets: output.entryPoint
      ? [...imported(output.entryPoint, result.metafile.inputs)].filter(isSheet).map((name) => name.slice(6))
      : [],
    data: Buffer.from(bytes.get(path)).toString("base64"),
  }));
}

try {
  const result = await esbuild.build(options);
  process.stdout.write(JSON.stringify({ outputs: describe(result), errors: [] }));
} catch (failure) {
  if (!failure.errors) throw failure;
  const errors = failure.errors.map(({ text, location }) => ({
    text,
    file: location?.file ?? null,
    line: location?.line ?? null,
  }));
  process.stdout.write(JSON.stringify({ outputs: [], errors }));
}
