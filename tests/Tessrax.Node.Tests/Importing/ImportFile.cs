using System.Text;
using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Node.Importing;
using Tessrax.Tests;
using Xunit;

namespace Tessrax.Node.Tests.Importing;

/// <summary>Files of other ledgers, computed by <c>Files/make.py</c> by their own rules.</summary>
internal static class ImportFile
{
    /// <summary>The public key that signed <c>ledger.jsonl</c>.</summary>
    public const string TessraxKey = "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c";

    public static string PathOf(string name) =>
        Path.Combine(Spec.Root, "tests", "Tessrax.Node.Tests", "Importing", "Files", name);

    public static string Text(string name) => File.ReadAllText(PathOf(name));

    public static ImportFormat Format(string name) =>
        name switch
        {
            "journal.json" or "journal.ion" => new QldbJournal(),
            "txscan.json" or "scan.json" => new ImmudbExport(),
            "ledger.jsonl" => Tessrax(),
            _ => new CsvTable(),
        };

    public static TessraxLedger Tessrax(bool withKey = true)
    {
        Assert.True(PublicKey.TryCreate(Convert.FromHexString(TessraxKey), out PublicKey key));
        return new TessraxLedger(
            withKey ? new Dictionary<string, PublicKey> { ["key-1"] = key } : new Dictionary<string, PublicKey>()
        );
    }

    /// <summary>Reads a text as a kind of file.</summary>
    public static (JsonValue[] Records, ImportVerdict Verdict) Read(ImportFormat format, string text) =>
        Read(format, Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Read(ImportFormat, string)"/>
    public static (JsonValue[] Records, ImportVerdict Verdict) Read(ImportFormat format, byte[] bytes)
    {
        var check = new ChainCheck();
        JsonValue[] records = [.. format.Read("the file", new MemoryStream(bytes), check)];
        return (records, check.Verdict());
    }

    /// <summary>How often each thing was checked.</summary>
    public static Dictionary<string, long> Counts(ImportVerdict verdict) =>
        verdict.Checked.ToDictionary(one => one.What, one => one.Count);
}
