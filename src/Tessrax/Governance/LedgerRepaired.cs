using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The content of LEDGER_REPAIRED: which damaged files were put right, and what of them could not be.</summary>
/// <remarks><code>{"causes":["bit-rot"],"files":["segments/0000000001.seg"],"lost":[],"restored":[[65536,65791]],"sources":["mirror"]}</code>
/// It changes nothing: neither entries nor roots are other ones than before. It is the writer's word, and public for ever.</remarks>
/// <param name="Files">From the ledger's directory on; sorted, each once, 1 to 128.</param>
/// <param name="Restored">Entries that are whole again.</param>
/// <param name="Lost">Entries that nobody had, or whose payload nobody had.</param>
/// <param name="Sources">The kinds of what they were put back from; sorted, each once, at most 16.</param>
/// <param name="Causes">The likely causes; sorted, each once, at most 16.</param>
public sealed record LedgerRepaired(
    IReadOnlyList<string> Files,
    IndexRanges Restored,
    IndexRanges Lost,
    IReadOnlyList<string> Sources,
    IReadOnlyList<string> Causes
)
{
    /// <summary>The most files that one event tells of.</summary>
    public const int MaxFiles = 128;

    /// <summary>The most ranges of entries, of those restored and of those lost.</summary>
    public const int MaxRanges = 400;

    private const int MaxWords = 16;
    private const int MaxFile = 160;
    private const int MaxWord = 32;

    /// <summary>Reads the control member of a LEDGER_REPAIRED body.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1009: not of that form.</exception>
    public static LedgerRepaired Read(EntryBody body)
    {
        ObjectReader reader = ControlText.ControlOf(body);
        var repaired = new LedgerRepaired(
            Words(reader, "files", MaxFiles, MaxFile),
            IndexRanges.Read(reader, "restored", MaxRanges),
            IndexRanges.Read(reader, "lost", MaxRanges),
            Words(reader, "sources", MaxWords, MaxWord),
            Words(reader, "causes", MaxWords, MaxWord)
        );
        if (repaired.Files.Count == 0)
            throw reader.Fault("files", "must name at least one file");
        reader.End();
        return repaired;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl() =>
        JsonValue.Object(
            ("files", JsonValue.Of(Files.Select(JsonValue.String))),
            ("restored", Restored.ToJson()),
            ("lost", Lost.ToJson()),
            ("sources", JsonValue.Of(Sources.Select(JsonValue.String))),
            ("causes", JsonValue.Of(Causes.Select(JsonValue.String)))
        );

    private static List<string> Words(ObjectReader reader, string name, int max, int longest)
    {
        var words = new List<string>();
        foreach ((JsonValue item, _) in reader.Array(name, max))
        {
            string word = item.Kind == JsonKind.String ? item.AsString() : "";
            if (word.Length == 0 || word.Length > longest || word.Any(char.IsControl))
                throw reader.Fault(name, $"must be texts of 1 to {longest} characters, none of them a control");
            if (words.Count > 0 && string.CompareOrdinal(words[^1], word) >= 0)
                throw reader.Fault(name, "must be sorted, each once");
            words.Add(word);
        }
        return words;
    }
}
