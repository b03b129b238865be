// Collects the licences of what a bill of materials lists: FOLDER gets an index of all that ships, and the texts that packages bring.
// usage: node eng/release/licenses.mjs SBOM FOLDER
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const [sbom, folder] = process.argv.slice(2);
const packagesFolder = process.env.NUGET_PACKAGES || join(homedir(), ".nuget/packages");
const npmFolders = ["src/Tessrax.Web/node_modules", "src/Tessrax.Web.Client/node_modules"];

// Where a package lies on this machine. One runtime's texts stand for those of all platforms.
function placesOf({ name, version, purl }) {
  if (purl.startsWith("pkg:npm/")) return npmFolders.map((place) => join(place, name));
  return purl.startsWith("pkg:nuget/") && !/Runtime\.(osx|win|linux-arm64)/.test(name)
    ? [join(packagesFolder, name.toLowerCase(), version.toLowerCase())]
    : [];
}

const lines = [];
for (const component of JSON.parse(readFileSync(sbom, "utf8")).components) {
  if (component.scope === "excluded" || component.purl.startsWith("pkg:deb/")) continue;
  const texts = [];
  for (const place of placesOf(component).filter(existsSync))
    for (const file of readdirSync(place).filter((name) => /^(license|notice|third-party|copying)/i.test(name)).sort()) {
      const kept = `${component.name.replaceAll("/", "-")}-${component.version}-${file}`;
      mkdirSync(folder, { recursive: true });
      copyFileSync(join(place, file), join(folder, kept));
      texts.push(kept);
    }
  const license = component.licenses?.map((known) => known.expression ?? known.license.id ?? known.license.name).join(", ");
  lines.push([component.name, component.version, license ?? "see its text", component.copyright ?? "", texts.join(" ")].join("\t"));
}
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "INDEX.tsv"), `name\tversion\tlicence\tcopyright\ttexts\n${lines.join("\n")}\n`);
