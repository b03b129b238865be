using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Governance;

namespace Tessrax.Node.Index;

/// <summary>How a generation lies on the disk.</summary>
internal enum IndexMode
{
    /// <summary>For a ledger that grows: readers and the one who adds are in nobody's way.</summary>
    Wal,

    /// <summary>For archives and media that nobody can write: it is read without touching one file, and nobody adds to it.</summary>
    Immutable,
}

/// <summary>When an index is looked after.</summary>
/// <param name="Every">How often, by whoever follows the ledger.</param>
/// <param name="BeforeBackup">Whether a backup looks at it first.</param>
internal sealed record IndexCareTimes(TimeSpan Every, bool BeforeBackup)
{
    public static IndexCareTimes Usual { get; } = new(TimeSpan.FromHours(24), true);
}

/// <summary>What <c>index/index.json</c> says: which generation serves, and how the next one is to be made.</summary>
/// <remarks>
/// <code>{"index":"tessrax/index/v2","backend":"sqlite","file":"g7.db","mode":"wal","text":true,"words":"tessrax/words/v1","next":8,"care":{"every":"P1D","before_backup":true}}</code>
/// It is the only thing below <c>index/</c> that is ever replaced: a generation is never renamed over another one, since a database's log that lies beside it
/// would be taken for the new one's. See spec/index.md, section 4.
/// </remarks>
/// <param name="Backend">The kind of index.</param>
/// <param name="File">The generation that serves, <c>gN</c> and the backend's suffix; null if there is none yet.</param>
/// <param name="Mode">How it lies.</param>
/// <param name="HasText">Whether it holds the words of texts, besides fields.</param>
/// <param name="Next">The number of the next generation: none is used twice.</param>
/// <param name="Care">When it is looked after.</param>
internal sealed record IndexPointer(
    string Backend,
    string? File,
    IndexMode Mode,
    bool HasText,
    long Next,
    IndexCareTimes Care
)
{
    /// <summary>The format of the file without its version.</summary>
    private const string Format = "tessrax/index/v";
    private const int Version = 2;

    /// <summary>The largest number of a generation: far below the largest that JSON has, so that a next one can always be written.</summary>
    public const long MostGenerations = 1L << 50;

    /// <summary>What a directory <c>index/</c> without a pointer asks for.</summary>
    public static IndexPointer Default { get; } = new("sqlite", null, IndexMode.Wal, true, 1, IndexCareTimes.Usual);

    /// <summary>By which rules text was cut into words.</summary>
    public string Words { get; init; } = IndexText.Version;

    /// <summary>The number in the name of the generation that serves; 0 if there is none.</summary>
    public long Generation => File is { } name ? GenerationOf(name) ?? 0 : 0;

    /// <summary>Whether what serves was made by rules that this program does not use any more, so that it is made again.</summary>
    public bool IsOutdated => HasText && Words != IndexText.Version;

    /// <summary>The mode as it is written.</summary>
    public string ModeText => Mode == IndexMode.Wal ? "wal" : "immutable";

    /// <summary>The number of a generation by its name, or by the name of a file beside it; null for any other name.</summary>
    public static long? GenerationOf(string name)
    {
        int end = 1;
        while (end < name.Length && char.IsAsciiDigit(name[end]))
            end++;
        return
            name.Length > 2
            && name[0] == 'g'
            && end is > 1 and < 18
            && end < name.Length
            && name[end] == '.'
            && long.TryParse(name.AsSpan(1, end - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number is > 0 and <= MostGenerations
            ? number
            : null;
    }

    /// <summary>The next generation, of a kind and with that suffix.</summary>
    public IndexPointer Following(string backend, string suffix) =>
        this with
        {
            Backend = backend,
            File = string.Create(CultureInfo.InvariantCulture, $"g{Next}{suffix}"),
            Words = IndexText.Version,
            Next = checked(Next + 1),
        };

    /// <summary>Reads a pointer.</summary>
    /// <exception cref="TessraxException">TSX3039: a newer program wrote it; TSX1xxx: it is none.</exception>
    public static IndexPointer Read(JsonValue value) => Read(new ObjectReader(value));

    internal static IndexPointer Read(ObjectReader reader)
    {
        RequireKnown(reader.String("index"), Format, Version);
        string words = reader.String("words");
        RequireKnown(words, IndexText.Format, IndexText.Number);
        string? file = reader.Optional("file") is null or { Kind: JsonKind.Null } ? null : reader.String("file");
        if (file is not null && (GenerationOf(file) is null || file.AsSpan().ContainsAny('/', '\\')))
            throw reader.Fault("file", "is not the name of a generation");
        string backend = reader.String("backend", 32);
        if (!backend.All(char.IsAsciiLetterLower))
            throw reader.Fault("backend", "is not the name of a kind of index");
        ObjectReader care = reader.Object("care");
        if (!IsoDuration.TryParse(care.String("every"), out TimeSpan every) || every <= TimeSpan.Zero)
            throw care.Fault("every", "must be a time such as P1D");
        var read = new IndexPointer(
            backend,
            file,
            reader.OneOf("mode", "wal", "immutable") == "wal" ? IndexMode.Wal : IndexMode.Immutable,
            reader.Boolean("text"),
            reader.Integer("next", 1, MostGenerations),
            new IndexCareTimes(every, care.Boolean("before_backup"))
        )
        {
            Words = words,
        };
        care.End();
        reader.End();
        return read.Generation < read.Next ? read : throw reader.Fault("next", "was used already");
    }

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("index", $"{Format}{Version}"),
            ("backend", Backend),
            ("file", File is null ? JsonValue.Null : JsonValue.String(File)),
            ("mode", ModeText),
            ("text", HasText),
            ("words", Words),
            ("next", Next),
            ("care", JsonValue.Object(("every", IsoDuration.Format(Care.Every)), ("before_backup", Care.BeforeBackup)))
        );

    // An older form is read as it is; a newer one is another program's, and left alone.
    private static void RequireKnown(string text, string format, int version)
    {
        if (
            !text.StartsWith(format, StringComparison.Ordinal)
            || !int.TryParse(
                text.AsSpan(format.Length),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out int number
            )
            || number < 1
        )
            throw ErrorCodes.BadValue.Because($"'{text}' is not {format}{version}");
        if (number > version)
            throw ErrorCodes.IndexNewer.Because($"it is of the form {text}; this tessraxctl knows {format}{version}");
    }
}
