using Tessrax.Canonical;
using Tessrax.Node.Files;

namespace Tessrax.Node.Snapshots;

/// <summary>Why a restored ledger may only be read.</summary>
public enum ReadOnlyReason
{
    /// <summary>It came from a snapshot, which holds no keys.</summary>
    Imported,

    /// <summary>Nobody said yet that nothing newer was signed.</summary>
    Unconfirmed,

    /// <summary>It is a state of the past: the backup itself holds more, or it was asked for as one.</summary>
    Past,

    /// <summary>A checkpoint is known that it does not contain.</summary>
    Behind,
}

/// <summary>The file <c>restored.json</c>: while it is there, the ledger in its directory signs nothing.</summary>
/// <remarks><code>{"newer":42,"reason":"past","restored":"tessrax/restored/v1","size":17}</code></remarks>
/// <param name="Size">How many entries were restored.</param>
/// <param name="Reason">Why it may only be read.</param>
/// <param name="Newer">The size of what is known to have been signed beside it; null if nothing is.</param>
public sealed record RestoreMarker(long Size, ReadOnlyReason Reason, long? Newer)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "restored.json";

    private const string Form = "tessrax/restored/v1";
    private const int MaxBytes = 4096;
    private static readonly string[] Reasons = ["imported", "unconfirmed", "past", "behind"];

    /// <summary>The reason as it is written.</summary>
    public string ReasonText => EnumWords.Of(Reasons, (int)Reason);

    /// <summary>Whether an operator can lift it by saying that nothing newer was signed: not if it is known that something was.</summary>
    public bool CanBeLifted => Newer is null;

    /// <summary>The marker in a ledger's directory, or null if there is none.</summary>
    /// <exception cref="TessraxException">TSX3003: the file is not such a marker; TSX3006, TSX3007: it cannot be read.</exception>
    public static RestoreMarker? Find(string ledger, IDisk disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        return JsonFile.Read(disk, Path.Combine(ledger, FileName), MaxBytes, Read, null);
    }

    private static RestoreMarker? Read(ObjectReader reader)
    {
        reader.OneOf("restored", Form);
        long size = reader.Integer("size", 1);
        var reason = (ReadOnlyReason)Array.IndexOf(Reasons, reader.OneOf("reason", Reasons));
        bool nothing = reader.Required("newer").Kind == JsonKind.Null;
        return new RestoreMarker(size, reason, nothing ? null : reader.Integer("newer", 1));
    }

    /// <summary>Refuses a ledger that was restored to be read.</summary>
    /// <exception cref="TessraxException">TSX3029: it was, and may be confirmed; TSX3030: something newer was signed; and those of <see cref="Find"/>.</exception>
    public static void Refuse(string ledger, IDisk disk)
    {
        if (Find(ledger, disk) is { } marker)
            throw marker.ToException(ledger);
    }

    internal TessraxException ToException(string ledger) =>
        Newer is { } newer
            ? ErrorCodes.NewerSigned.Because(
                newer > Size
                    ? $"the ledger in {ledger} was restored at size {Size} ({ReasonText}), but {newer} entries are known to have been signed: it may only be read"
                    : $"the ledger in {ledger} was restored as the state of {Size} entries ({ReasonText}): it may only be read"
            )
            : ErrorCodes.RestoredReadOnly.Because(
                $"the ledger in {ledger} was restored at size {Size} ({ReasonText}): it signs nothing before it is known that nothing newer was signed"
            );

    internal byte[] ToBytes() =>
        JsonValue
            .Object(
                ("restored", Form),
                ("size", Size),
                ("reason", ReasonText),
                ("newer", Newer is { } newer ? newer : JsonValue.Null)
            )
            .ToCanonicalBytes();
}
