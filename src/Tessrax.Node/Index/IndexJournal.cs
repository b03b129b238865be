using Tessrax.Canonical;

namespace Tessrax.Node.Index;

/// <summary>What is done to an index in more than one step.</summary>
internal enum IndexOperation
{
    /// <summary>A generation is made from the ledger.</summary>
    Rebuild,

    /// <summary>The same, since an older program made the one that is there.</summary>
    Migrate,

    /// <summary>The same, of another kind.</summary>
    Backend,

    /// <summary>The same, with the words of texts or without.</summary>
    Text,

    /// <summary>A generation is copied tidily.</summary>
    Vacuum,

    /// <summary>The generation that serves is switched to another mode.</summary>
    Mode,
}

/// <summary>How far an operation is.</summary>
internal enum IndexStep
{
    /// <summary>The new generation grows, or is copied.</summary>
    Build,

    /// <summary>It is whole, and being looked at.</summary>
    Check,

    /// <summary>The pointer is the old one or the new one.</summary>
    Switch,

    /// <summary>The old generation is being deleted.</summary>
    Clean,
}

/// <summary>What <c>index/journal.json</c> says: an operation that is under way, written before its first step and at each further one, removed after the last.</summary>
/// <param name="Operation">What is done.</param>
/// <param name="Step">How far it is.</param>
/// <param name="From">The pointer before.</param>
/// <param name="To">The pointer after.</param>
/// <param name="Boot">The start of the machine in which it was begun; empty where that is not known. What was written since need not be on the disk after another one.</param>
/// <param name="Erased">Up to which erasing entry payloads had gone from the segments when it was begun; -1 for none.</param>
internal sealed record IndexJournal(
    IndexOperation Operation,
    IndexStep Step,
    IndexPointer From,
    IndexPointer To,
    string Boot,
    long Erased
)
{
    private const string Format = "tessrax/index-journal/v1";
    private static readonly string[] Operations = ["rebuild", "migrate", "backend", "text", "vacuum", "mode"];
    private static readonly string[] Steps = ["build", "check", "switch", "clean"];

    /// <summary>Whether the new generation is made from the ledger, entry by entry.</summary>
    public bool IsMadeFromLedger => Operation is not (IndexOperation.Vacuum or IndexOperation.Mode);

    /// <summary>The operation as it is written.</summary>
    public string OperationText => EnumWords.Of(Operations, (int)Operation);

    /// <summary>The step as it is written.</summary>
    public string StepText => EnumWords.Of(Steps, (int)Step);

    /// <exception cref="TessraxException">TSX1xxx, TSX3039: it is none that this program wrote.</exception>
    public static IndexJournal Read(JsonValue value)
    {
        var reader = new ObjectReader(value);
        reader.OneOf("journal", Format);
        ObjectReader from = reader.Object("from");
        ObjectReader to = reader.Object("to");
        var read = new IndexJournal(
            (IndexOperation)Array.IndexOf(Operations, reader.OneOf("op", Operations)),
            (IndexStep)Array.IndexOf(Steps, reader.OneOf("step", Steps)),
            IndexPointer.Read(from),
            IndexPointer.Read(to),
            reader.Optional("boot") is null or { Kind: JsonKind.Null } ? "" : reader.String("boot"),
            reader.Optional("erased") is null or { Kind: JsonKind.Null } ? -1 : reader.Integer("erased")
        );
        reader.End();
        if (read.To.File is null)
            throw reader.Fault("to", "names no generation");
        return read;
    }

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("journal", Format),
            ("op", OperationText),
            ("step", StepText),
            ("from", From.ToJson()),
            ("to", To.ToJson()),
            ("boot", Boot.Length == 0 ? JsonValue.Null : JsonValue.String(Boot)),
            ("erased", Erased < 0 ? JsonValue.Null : (JsonValue)Erased)
        );
}
