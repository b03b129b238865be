// Writes what is in a release as a bill of materials in the CycloneDX format (version 1.6): from the lock files of what ships, the platforms' runtimes, and
// the Debian packages of the images if they are named. The same input gives the same bytes.
// usage: node eng/release/sbom.mjs VERSION RUNTIME-VERSION [DEBIAN-PACKAGES.tsv]      from the repository's root; NUGET_PACKAGES names the packages' folder
// DEBIAN-PACKAGES.tsv: a line for each, of name, version, architecture and SHA-256, with tabs between.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const [version, runtime, debian] = process.argv.slice(2);
if (!version || !runtime) throw new Error("usage: node eng/release/sbom.mjs VERSION RUNTIME-VERSION [DEBIAN-PACKAGES.tsv]");
const packagesFolder = process.env.NUGET_PACKAGES || join(homedir(), ".nuget/packages");
const epoch = Number(process.env.SOURCE_DATE_EPOCH ?? 0);
const platforms = ["linux-arm64", "linux-x64", "osx-arm64", "osx-x64", "win-x64"];
const shipped = ["Tessrax", "Tessrax.Node", "Tessrax.Node.RocksDb", "Tessrax.Node.Postgres", "Tessrax.Client", "Tessrax.Interactive", "Tessrax.Cli", "Tessrax.Web", "Tessrax.Server"];
// Take part in building and are in nothing that ships. ZstdSharp.Port belongs to the half of RocksDB's package that is not taken.
const onlyBuilds = /^(MinVer|Microsoft\.CodeAnalysis\..*|Microsoft\.NET\.ILLink\.Tasks|(runtime\..*\.)?Microsoft\.DotNet\.ILCompiler|ZstdSharp\.Port)$/i;

const components = new Map();
const dependencies = new Map();

function add(component, on = []) {
  const known = components.get(component.purl);
  if (!known) components.set(component.purl, { type: "library", "bom-ref": component.purl, ...component });
  const before = dependencies.get(component.purl) ?? new Set();
  for (const purl of on) before.add(purl);
  dependencies.set(component.purl, before);
}

const licensed = (text) =>
  !text ? {}
  : /^[A-Za-z0-9.+-]+$/.test(text) ? { licenses: [{ license: { id: text } }] }
  : { licenses: [{ expression: text }] };
const element = (xml, name) => xml.match(new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`))?.[1].trim();

const nugetPurl = (name, at) => `pkg:nuget/${name}@${at}`;
function nuget(name, at, contentHash, on) {
  const nuspec = join(packagesFolder, name.toLowerCase(), at.toLowerCase(), `${name.toLowerCase()}.nuspec`);
  const xml = existsSync(nuspec) ? readFileSync(nuspec, "utf8") : "";
  const copyright = element(xml, "copyright");
  add(
    {
      name,
      version: at,
      purl: nugetPurl(name, at),
      ...(onlyBuilds.test(name) ? { scope: "excluded" } : {}),
      ...licensed(element(xml, "license")),
      ...(copyright ? { copyright } : {}),
      // Of what a package holds, as lock files have it; a package's file has its signature besides.
      ...(contentHash ? { properties: [{ name: "nuget:contentHash", value: `sha512-${contentHash}` }] } : {}),
    },
    on,
  );
}

// Our own are projects there, in lower case.
const own = new Map(shipped.map((name) => [name.toLowerCase(), name]));
const ownPurl = (name) => nugetPurl(name, version);
function lockFile(project, file) {
  const lock = JSON.parse(readFileSync(file, "utf8"));
  const direct = [];
  for (const packages of Object.values(lock.dependencies)) {
    const purlOf = (name) => {
      const found = Object.keys(packages).find((key) => key.toLowerCase() === name.toLowerCase());
      if (!found) return undefined;
      const known = own.get(found.toLowerCase());
      return known ? ownPurl(known) : nugetPurl(found, packages[found].resolved);
    };
    for (const [name, entry] of Object.entries(packages)) {
      if (entry.type === "Project") {
        direct.push(purlOf(name));
        continue;
      }
      const on = Object.keys(entry.dependencies ?? {}).map(purlOf).filter(Boolean);
      nuget(name, entry.resolved, entry.contentHash, on);
      if (entry.type === "Direct") direct.push(purlOf(name));
    }
  }
  const description = readFileSync(`src/${project}/${project}.csproj`, "utf8").match(/<Description>([^<]*)</)?.[1];
  add({ name: project, version, purl: ownPurl(project), description, ...licensed("Apache-2.0") }, direct);
}

function npmLock(project, file) {
  const lock = JSON.parse(readFileSync(file, "utf8"));
  const purlOf = (name) => `pkg:npm/${name.replace(/^@/, "%40")}@${lock.packages[`node_modules/${name}`].version}`;
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === "") continue;
    const name = path.slice("node_modules/".length);
    const [algorithm, hash] = entry.integrity.split("-");
    const hashes = algorithm === "sha512" ? { hashes: [{ alg: "SHA-512", content: Buffer.from(hash, "base64").toString("hex") }] } : {};
    add(
      { name, version: entry.version, purl: purlOf(name), ...licensed(entry.license), ...hashes },
      Object.keys(entry.dependencies ?? {}).map(purlOf),
    );
  }
  add(
    { name: project, version, purl: ownPurl(project), ...licensed("Apache-2.0") },
    Object.keys(lock.packages[""].dependencies ?? {}).map(purlOf),
  );
}

for (const project of shipped)
  for (const file of readdirSync(`src/${project}`).filter((name) => /^packages\..*lock\.json$/.test(name)).sort())
    lockFile(project, `src/${project}/${file}`);
for (const project of ["Tessrax.Web", "Tessrax.Web.Client"]) npmLock(project, `src/${project}/package-lock.json`);
add({ name: "Tessrax.Web.Client", version, purl: ownPurl("Tessrax.Web.Client") }, [ownPurl("Tessrax")]);

// The runtime is part of the SDK that global.json names, and so in no lock file.
for (const platform of platforms) {
  const [core, web] = ["NETCore", "AspNetCore"].map((kind) => `Microsoft.${kind}.App.Runtime.${platform}`);
  nuget(core, runtime);
  nuget(web, runtime);
  add({ purl: ownPurl("Tessrax.Cli") }, [nugetPurl(core, runtime)]);
  add({ purl: ownPurl("Tessrax.Server") }, [nugetPurl(core, runtime), nugetPurl(web, runtime)]);
}
nuget("Microsoft.NETCore.App.Runtime.NativeAOT.linux-x64", runtime);
nuget("Microsoft.NETCore.App.Runtime.Mono.browser-wasm", runtime);
add({ purl: ownPurl("Tessrax.Cli") }, [nugetPurl("Microsoft.NETCore.App.Runtime.NativeAOT.linux-x64", runtime)]);
add({ purl: ownPurl("Tessrax.Web.Client") }, [nugetPurl("Microsoft.NETCore.App.Runtime.Mono.browser-wasm", runtime)]);

const images = [];
for (const line of debian ? readFileSync(debian, "utf8").split("\n").filter(Boolean) : []) {
  const [name, at, arch, sha256] = line.split("\t");
  const purl = `pkg:deb/debian/${name}@${encodeURIComponent(at)}?arch=${arch}`;
  add({ name, version: at, purl, licenses: [{ license: { name: `see /usr/share/doc/${name}/copyright` } }], hashes: [{ alg: "SHA-256", content: sha256 }] });
  images.push(purl);
}

const root = `pkg:generic/tessrax@${version}`;
const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const body = {
  metadata: {
    timestamp: new Date(epoch * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
    component: { type: "application", "bom-ref": root, name: "tessrax", version, purl: root, ...licensed("Apache-2.0") },
  },
  components: [...components.values()].sort((a, b) => byText(a.purl, b.purl)),
  dependencies: [
    { ref: root, dependsOn: [...shipped.map(ownPurl), ownPurl("Tessrax.Web.Client"), ...images].sort(byText) },
    ...[...dependencies].sort(([a], [b]) => byText(a, b)).map(([ref, on]) => ({ ref, dependsOn: [...on].sort(byText) })),
  ],
};

// A name for this document that follows from what it says: version 8 of RFC 9562 leaves the bits to whoever makes it.
const digest = createHash("sha256").update(JSON.stringify(body)).digest("hex");
const serial = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
process.stdout.write(
  `${JSON.stringify({ $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", bomFormat: "CycloneDX", specVersion: "1.6", serialNumber: `urn:uuid:${serial}`, version: 1, ...body }, null, 2)}\n`,
);
