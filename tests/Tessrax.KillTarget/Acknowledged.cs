using System.Buffers.Binary;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.KillTarget;

/// <summary>What the writer that is going to be killed writes: known beforehand, so that nothing else can have come from it.</summary>
internal static class Acknowledged
{
    /// <summary>The event of every entry it appends.</summary>
    public const string Event = "x-kill";

    /// <summary>The most drafts in one append, and so the most that may be on disk without having been acknowledged.</summary>
    public const int LargestBatch = 6;

    /// <summary>How many drafts the append that begins with draft <paramref name="first"/> has.</summary>
    public static int BatchSize(long run, long first) => 1 + (int)((run * 31 + first * 17) % LargestBatch);

    /// <summary>The payload of draft <paramref name="number"/> of a run: up to 6 KB, so that records end anywhere in a disk block.</summary>
    public static FrozenPayload Payload(long run, long number)
    {
        int length = (int)((run * 7919 + (number + 1) * 104_729) % 6007);
        JsonValue data = JsonValue.Object(("run", run), ("number", number), ("padding", new string('k', length)));
        return FrozenPayload.From(new OwnEvent(data, null).ToJson());
    }

    /// <summary>The drafts of one append.</summary>
    public static IEnumerable<Draft> Batch(long run, long first) =>
        Enumerable
            .Range(0, BatchSize(run, first))
            .Select(i => new Draft { Event = Event, Payload = Payload(run, first + i) });

    /// <summary>The receipt that is prepared as number so and so, under a nonce that follows from its number.</summary>
    public static Draft Prepared(long run, long number)
    {
        var nonce = new byte[EntryBody.NonceBytes];
        BinaryPrimitives.WriteInt64BigEndian(nonce, run);
        BinaryPrimitives.WriteInt64BigEndian(nonce.AsSpan(8), number);
        return new Draft
        {
            Event = Event,
            Payload = Payload(run, number),
            Nonce = Convert.ToBase64String(nonce),
        };
    }

    /// <summary>What is decided on it; prepared if it is left to wait.</summary>
    public static TransactionState DecisionOn(long number) =>
        (number % 4) switch
        {
            0 or 2 => TransactionState.Committed,
            1 => TransactionState.Aborted,
            _ => TransactionState.Prepared,
        };

    /// <summary>The line that acknowledges an entry.</summary>
    public static string Line(long index, Digest leaf) =>
        string.Create(CultureInfo.InvariantCulture, $"ack {index} {leaf}");
}
