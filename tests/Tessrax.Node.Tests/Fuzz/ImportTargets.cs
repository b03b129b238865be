using System.Text;
using Tessrax.Canonical;
using Tessrax.Node.Importing;
using Tessrax.Node.Tests.Importing;

namespace Tessrax.Tests.Fuzz;

/// <summary>Files of other ledgers, as ways in.</summary>
internal static class ImportTargets
{
    public static IEnumerable<FuzzTarget> All =>
        [
            Of("import-qldb", new QldbJournal(), "journal.json", "journal.ion"),
            Of("import-immudb", new ImmudbExport(), "txscan.json", "scan.json"),
            Of("import-tessrax", ImportFile.Tessrax(), "ledger.jsonl"),
            new("import-csv", Tables, input => Read(new CsvTable(), input)) { RoundTrips = false },
            new("import-csv-claims", Tables, ReadClaims) { RoundTrips = false },
        ];

    private static FuzzTarget Of(string name, ImportFormat format, params string[] seeds) =>
        new(
            name,
            () => seeds.Select(seed => Encoding.UTF8.GetBytes(ImportFile.Text(seed))),
            input => Read(format, input)
        )
        {
            RoundTrips = false,
        };

    private static byte[] Read(ImportFormat format, byte[] input)
    {
        (JsonValue[] records, ImportVerdict verdict) = ImportFile.Read(format, input);
        return Encoding.UTF8.GetBytes(string.Join('\n', records.Append(verdict.ToJson())));
    }

    private static byte[] ReadClaims(byte[] input)
    {
        var claims = new CsvClaims(
            ',',
            new Dictionary<string, string> { ["subject"] = "id" },
            new Dictionary<string, string> { ["metric"] = "m", ["source"] = "s" }
        );
        return Encoding.UTF8.GetBytes(
            string.Join('\n', claims.Read("the table", new MemoryStream(input)).Lines.Select(line => line.Claim))
        );
    }

    private static IEnumerable<byte[]> Tables() =>
        [
            "\uFEFFid,value,timestamp\r\n\"a \"\"b\"\"\",1.5e3,2026-01-01T00:00:00Z\r\nc,\"x,\ny\",2026-01-01T00:00:00Z\n"u8.ToArray(),
            "id,value,timestamp,more\na,12345678901234567890,2026-01-01T00:00:00Z,é\n"u8.ToArray(),
        ];
}
