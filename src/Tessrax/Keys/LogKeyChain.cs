using System.Diagnostics.CodeAnalysis;

namespace Tessrax.Keys;

/// <summary>One of the keys that a log signs with, one after another.</summary>
/// <param name="Key">The key; all of a log have its origin for their name.</param>
/// <param name="From">The size of the smallest tree whose checkpoint must be its.</param>
/// <param name="IsConsented">Whether the key before it has signed that it gives its place to this one; true for the first.</param>
public sealed record LogKeySpan(VerifierKey Key, long From, bool IsConsented = true);

/// <summary>The keys of one log, in their order. A checkpoint after n entries counts if the key that is active in the state after them has signed it;
/// further lines, of keys before or after it, need not be there, but must hold.</summary>
/// <remarks>The control events of a ledger show which keys these are; nobody else may say. See <c>spec/keys.md</c>, section 8.</remarks>
public sealed class LogKeyChain
{
    private readonly LogKeySpan[] spans;
    private readonly VerifierKey[] all;

    /// <summary>A log that never changed its key.</summary>
    public LogKeyChain(VerifierKey log)
        : this([new LogKeySpan(log, 0)]) { }

    /// <summary>A log's keys.</summary>
    /// <param name="keys">At least one, by where they begin; of one name, and no two with one note id.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public LogKeyChain(IReadOnlyList<LogKeySpan> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        spans = [.. keys];
        all = [.. spans.Select(span => span.Key)];
        if (!IsOne(spans))
            throw new ArgumentException("not the keys of one log", nameof(keys));
    }

    /// <summary>The keys, the oldest first.</summary>
    public IReadOnlyList<LogKeySpan> Spans => spans;

    /// <summary>The key that signs now.</summary>
    public VerifierKey Newest => all[^1];

    /// <summary>The log's origin, which is the name of all its keys.</summary>
    public string Origin => all[0].Name;

    /// <summary>Whether these can be the keys of one log: at least one, by where they begin; of one name, and no two with one note id.</summary>
    public static bool IsOne(IReadOnlyList<LogKeySpan> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        for (int i = 1; i < keys.Count; i++)
        {
            bool follows = keys[i].Key.Name == keys[0].Key.Name && keys[i].From > keys[i - 1].From;
            if (!follows || keys.Take(i).Any(before => before.Key.NoteId == keys[i].Key.NoteId))
                return false;
        }
        return keys.Count > 0;
    }

    /// <summary>The key that must sign the checkpoint of a tree.</summary>
    public VerifierKey KeyFor(long size)
    {
        int at = spans.Length - 1;
        while (at > 0 && spans[at].From > size)
            at--;
        return spans[at].Key;
    }

    /// <summary>Whether this is one of the keys.</summary>
    public bool Knows(VerifierKey key) => Array.IndexOf(all, key) >= 0;

    /// <summary>The keys and one more, which signs the checkpoints of trees from a size on.</summary>
    public LogKeyChain With(LogKeySpan next) => new([.. spans, next]);

    /// <summary>Reads a checkpoint that the log signed, by the key whose turn it was. One with extension lines is refused: no ledger of ours writes them.</summary>
    /// <returns>False, with the reason, for anything else.</returns>
    public bool TryOpen(ReadOnlySpan<byte> note, [NotNullWhen(true)] out Checkpoint? checkpoint, out string reason) =>
        TryOpen(note, mayExtend: false, out checkpoint, out reason);

    /// <summary>The same for any C2SP log, with extension lines or without; see <see cref="Checkpoint.TryParseHead"/>.</summary>
    /// <returns>False, with the reason, for anything else.</returns>
    public bool TryOpenHead(
        ReadOnlySpan<byte> note,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        out string reason
    ) => TryOpen(note, mayExtend: true, out checkpoint, out reason);

    /// <summary>Reads a checkpoint that any of the keys signed, whosever turn it was: what a copy of the log has once said, it has said.</summary>
    /// <returns>False, with the reason, for anything else, and if a line of any of the keys does not hold.</returns>
    public bool TryOpenAny(
        ReadOnlySpan<byte> note,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        out string reason
    ) => TryOpenAny(note, mayExtend: false, out checkpoint, out _, out reason);

    /// <summary>Whether these bytes are a checkpoint of this log's name that is signed by that name, but by none of the keys: by one that came later, or by a stranger.</summary>
    public bool IsByUnknown(ReadOnlySpan<byte> note) =>
        SignedNote.TryParse(note, out SignedNote? signed, out _)
        && Checkpoint.TryParseBody(signed.Text, out Checkpoint? checkpoint)
        && checkpoint.Origin == Origin
        && signed.Signatures.Any(line => line.Name == Origin)
        && !signed.Signatures.Any(line => Array.Exists(all, key => line.Name == key.Name && line.KeyId == key.NoteId));

    /// <summary>Whether trust in one of the keys reaches another: each key between the two was given its place by the one before it.</summary>
    /// <remarks>Without that, somebody who names a stranger's key as the first of a ledger of his own, and a recovery of his own, would be trusted with the stranger's.</remarks>
    public bool IsConsented(VerifierKey one, VerifierKey other)
    {
        int first = Array.IndexOf(all, one);
        int second = Array.IndexOf(all, other);
        if (first < 0 || second < 0)
            return false;
        (int from, int to) = first < second ? (first, second) : (second, first);
        return spans[(from + 1)..(to + 1)].All(span => span.IsConsented);
    }

    private bool TryOpen(
        ReadOnlySpan<byte> note,
        bool mayExtend,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        out string reason
    )
    {
        if (!TryOpenAny(note, mayExtend, out checkpoint, out IReadOnlyList<VerifiedSignature> verified, out reason))
            return false;
        VerifierKey due = KeyFor(checkpoint.Head.Size);
        if (verified.Any(line => line.Key == due))
            return true;
        reason = $"it is signed by {verified[0].Key}, but the key of a tree of {checkpoint.Head.Size} entries is {due}";
        checkpoint = null;
        return false;
    }

    private bool TryOpenAny(
        ReadOnlySpan<byte> note,
        bool mayExtend,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        out IReadOnlyList<VerifiedSignature> verified,
        out string reason
    )
    {
        checkpoint = null;
        verified = [];
        if (
            !SignedNote.TryParse(note, out SignedNote? signed, out reason)
            || !signed.Verify(all, out verified, out reason)
        )
            return false;
        bool isRead = mayExtend
            ? Checkpoint.TryParseHead(signed.Text, out Checkpoint? read)
            : Checkpoint.TryParseBody(signed.Text, out read);
        if (!isRead || read!.Origin != Origin)
        {
            reason = read is null ? "the note is not a checkpoint" : $"the checkpoint is of '{read.Origin}'";
            return false;
        }
        checkpoint = read;
        return true;
    }
}
