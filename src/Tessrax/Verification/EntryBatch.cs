using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Verification;

/// <summary>Entries on their way through a <see cref="LedgerVerifier"/>, with the checkpoint that covers them: first prepared, on any thread, then added
/// in their order.</summary>
/// <remarks>Made once and used again: what was added is gone after <see cref="Clear"/>. For one thread at a time.</remarks>
public sealed class EntryBatch
{
    // What a huge batch took is not kept for small ones.
    private const int MostKept = 8192;

    private PreparedEntry[] entries = new PreparedEntry[64];
    private Digest[] leaves = new Digest[64];

    /// <summary>How many entries there are.</summary>
    public int Count { get; private set; }

    /// <summary>The signed checkpoint that covers all entries up to the last of these; null if none was stored with them.</summary>
    public ReadOnlyMemory<byte>? Checkpoint { get; set; }

    /// <summary>How long each entry took to prepare, in ticks of the verifier's clock, if <see cref="IsTimed"/>; one for each entry.</summary>
    public IReadOnlyList<long> Ticks => ticks;

    /// <summary>Whether entries are timed one by one, which takes time itself.</summary>
    public bool IsTimed { get; init; }

    /// <summary>Whether <see cref="LedgerVerifier.Prepare"/> has done all that can be done before the entries' turn.</summary>
    internal bool IsPrepared { get; set; }

    /// <summary>The checkpoint, if it was opened, and the key that it was opened with.</summary>
    internal OpenedCheckpoint? Opened { get; set; }

    /// <summary>Seconds that preparing took, stage by stage.</summary>
    internal PreparedSeconds Seconds { get; set; }

    internal Span<PreparedEntry> Entries => entries.AsSpan(0, Count);

    /// <summary>The leaf hashes of the entries, once prepared.</summary>
    internal Span<Digest> Leaves => leaves.AsSpan(0, Count);

    private readonly List<long> ticks = [];

    /// <summary>Adds an entry. The bytes must not change until the batch was added to the verifier.</summary>
    /// <param name="leaf">The entry.</param>
    /// <param name="payload">Its payload; empty if there is none.</param>
    /// <param name="salt">The payload's salt.</param>
    /// <param name="erased">Whether payload and salt are said to have been erased.</param>
    public void Add(
        ReadOnlyMemory<byte> leaf,
        ReadOnlyMemory<byte> payload,
        ReadOnlyMemory<byte> salt,
        bool erased = false
    )
    {
        if (Count == entries.Length)
        {
            Array.Resize(ref entries, 2 * Count);
            Array.Resize(ref leaves, 2 * Count);
        }
        // Its other parts are clear: see Clear.
        ref PreparedEntry entry = ref entries[Count++];
        entry.Leaf = leaf;
        entry.Payload = payload;
        entry.Salt = salt;
        entry.IsErased = erased;
    }

    /// <summary>When an entry was issued and recorded; null if it could not be read. Known once the batch was added.</summary>
    public EntryTimes? TimesOf(int entry)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(entry);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(entry, Count);
        ref PreparedEntry prepared = ref entries[entry];
        if (prepared.IsOwn)
        {
            ref ScannedEntry own = ref prepared.Scanned;
            return new EntryTimes(own.Index, own.By, own.IssuedAt, own.RecordedAt);
        }
        return prepared.Receipt?.Entry is { } read
            ? new EntryTimes(read.Index, read.Body.By, read.Body.IssuedAt, read.RecordedAt)
            : null;
    }

    /// <summary>What preparing took, stage by stage in the order in which it was done, in seconds.</summary>
    public IEnumerable<(string Stage, double Seconds)> Preparation =>
        [
            ("entries", Seconds.Entries),
            ("commitments", Seconds.Commitments),
            ("signatures", Seconds.Signatures),
            ("merkle", Seconds.Merkle),
            ("checkpoints", Seconds.Checkpoints),
        ];

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        if (entries.Length > MostKept)
        {
            entries = new PreparedEntry[64];
            leaves = new Digest[64];
        }
        else
        {
            Entries.Clear();
        }
        Count = 0;
        Checkpoint = null;
        Opened = null;
        IsPrepared = false;
        Seconds = default;
        ticks.Clear();
    }

    internal void AddTicks(long elapsed) => ticks.Add(elapsed);
}

/// <summary>One entry, and what was found out about it without looking at any other.</summary>
internal struct PreparedEntry
{
    public ReadOnlyMemory<byte> Leaf { readonly get; set; }

    public ReadOnlyMemory<byte> Payload { readonly get; set; }

    public ReadOnlyMemory<byte> Salt { readonly get; set; }

    public bool IsErased { readonly get; set; }

    /// <summary>Whether it is a user's own event that keeps every rule that an entry can keep alone; <see cref="Scanned"/> then says the rest.</summary>
    public bool IsOwn { readonly get; set; }

    public ScannedEntry Scanned;

    /// <summary>The entry as the strict reader reads it, if it is not an own event.</summary>
    public Receipt? Receipt { readonly get; set; }

    /// <summary>Why the strict reader refused it.</summary>
    public TessraxException? Fault { readonly get; set; }

    public CheckedSignature? Signature { readonly get; set; }

    /// <summary>What the payload of <see cref="Receipt"/> was read as, if it was.</summary>
    public ReadPayload? Read { readonly get; set; }
}

/// <summary>A checkpoint's signature, checked before its turn.</summary>
/// <param name="By">The key that it was held against.</param>
/// <param name="Checkpoint">What it says; null if it does not verify.</param>
/// <param name="Reason">Why not.</param>
internal sealed record OpenedCheckpoint(LogKeyChain By, Checkpoint? Checkpoint, string Reason);

/// <summary>Seconds of work on any thread.</summary>
internal readonly record struct PreparedSeconds(
    double Entries,
    double Commitments,
    double Signatures,
    double Merkle,
    double Checkpoints
)
{
    public static PreparedSeconds operator +(PreparedSeconds left, PreparedSeconds right) =>
        new(
            left.Entries + right.Entries,
            left.Commitments + right.Commitments,
            left.Signatures + right.Signatures,
            left.Merkle + right.Merkle,
            left.Checkpoints + right.Checkpoints
        );
}
