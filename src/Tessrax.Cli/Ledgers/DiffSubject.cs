using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Commands;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Reading;
using Tessrax.Node.Reading.Semantic;
using Tessrax.Node.Snapshots;
using Tessrax.Verification;

namespace Tessrax.Cli.Ledgers;

/// <summary>What kind of thing is compared.</summary>
internal enum DiffKind
{
    Receipt,
    Bundle,
    Policy,
    Snapshot,
    Json,
}

/// <summary>One side of a comparison.</summary>
/// <param name="Name">How it is called to people.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Content">What of it is compared: what it says, without what differs between any two of its kind, such as nonces and signatures.</param>
/// <param name="Policies">The policies that come with it: what its claims' values are to them.</param>
internal sealed record DiffSubject(string Name, DiffKind Kind, JsonValue Content, IReadOnlyList<Policy> Policies)
{
    private const string Payload = "payload";
    private const string Lacking = "payload_lacking";

    /// <summary>The policy, if it is one.</summary>
    public Policy? Policy { get; private init; }

    /// <summary>Reads one side: an entry of a ledger by its index, <c>DIR@N</c>, <c>URL@N</c>, or a file.</summary>
    /// <param name="context">The surroundings.</param>
    /// <param name="open">Opens the ledger behind a URL; it is closed again.</param>
    /// <param name="ledger">The ledger that a bare index is of, a directory or a URL; null if there is none.</param>
    /// <param name="given">What was given.</param>
    /// <exception cref="TessraxException">TSX1022: it is nothing that can be compared; as when opening the ledger or the file.</exception>
    public static DiffSubject Read(CliContext context, Func<string, RemoteLedger> open, string? ledger, string given)
    {
        if (given.Length == 0)
            throw ErrorCodes.BadUsage.Because("an empty name was given to compare", "name an entry or a file");
        bool isIndex = long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out long index);
        if (ledger is not null && isIndex)
            return OfEntry(context, open, ledger, index);
        int at = given.LastIndexOf('@');
        if (at > 0 && (RemoteLedger.IsMeant(given) || Directory.Exists(given[..at])))
            return OfEntry(
                context,
                open,
                given[..at],
                WholeNumber.Parse(given[(at + 1)..], "the index after @")!.Value
            );
        if (RemoteLedger.IsMeant(given))
            throw ErrorCodes.NotComparable.Because($"{given} is a ledger", "name an entry of it as URL@N");
        if (Directory.Exists(given))
            throw ErrorCodes.NotComparable.Because(
                $"{given} is a directory",
                "name an entry of it as DIR@N; for two ledgers see tessraxctl merkle diff"
            );
        return OfFile(context, given);
    }

    /// <summary>What a receipt says: the event, who vouches for it, by which policy, who approved, and what it holds.</summary>
    public static JsonValue Says(Receipt receipt)
    {
        EntryBody body = receipt.Entry.Body;
        return JsonValue.Object(
            ("event", body.Event),
            (
                "by",
                JsonValue.Object(("kind", body.By.Kind.ToString().ToLowerInvariant()), ("key", body.By.Key.ToString()))
            ),
            ("policy", body.Policy is { } pin ? JsonValue.String(pin.ToString()) : null),
            (
                "approvals",
                JsonValue.Of(
                    receipt.Entry.Approvals.Select(approval =>
                        JsonValue.Object(
                            ("key", approval.Key.ToString()),
                            ("role", approval.Role),
                            ("approves", approval.Approves)
                        )
                    )
                )
            ),
            ("control", body.Control),
            (Payload, receipt.Payload?.Root),
            // What it says is not known, but by which commitment it could be known again.
            (
                Lacking,
                body.Payload is { } commitment && receipt.Payload is null
                    ? JsonValue.Object(
                        ("is", receipt.IsErased ? "erased" : "not here"),
                        ("commitment", commitment.ToString())
                    )
                    : null
            )
        );
    }

    /// <summary>How two sides differ; the order of approvals is free.</summary>
    /// <exception cref="TessraxException">TSX1022: they are of different kinds, or what a receipt says is not here.</exception>
    public static Differences Between(DiffSubject a, DiffSubject b)
    {
        if (a.Kind == DiffKind.Receipt && (a.IsUnknownBeside(b) ?? b.IsUnknownBeside(a)) is { } unknown)
            throw unknown;
        return JsonDiff.Between(
            a.Content,
            b.Content,
            PolicyEquality.Of(a.Policies, b.Policies),
            a.Kind is DiffKind.Receipt or DiffKind.Bundle ? IsFree : null
        );
    }

    /// <summary>Whether the order of a list of a receipt, or of one in a bundle, means nothing.</summary>
    public static bool IsFree(string path) =>
        path.EndsWith("].approvals", StringComparison.Ordinal) && path.IndexOf('.', 2) == path.LastIndexOf('.')
        || path == "$.approvals";

    // Two entries of one commitment have one payload, wherever it is.
    private TessraxException? IsUnknownBeside(DiffSubject other) =>
        Content[Lacking] is { } lacking
        && other.Content[Lacking] is var others
        && others?["commitment"]?.Equals(lacking["commitment"]) != true
        && (others is not null || other.Content[Payload] is not null)
            ? ErrorCodes.NotComparable.Because(
                $"what {Name} says is {lacking["is"]!.AsString()}: its payload is missing, and only a commitment to it is there",
                "compare what still has its payload: an entry of a ledger, or what show --json prints of it"
            )
            : null;

    private static DiffSubject OfEntry(CliContext context, Func<string, RemoteLedger> open, string place, long index)
    {
        if (RemoteLedger.IsMeant(place))
        {
            using RemoteLedger there = open(place);
            Receipt first = there.Receipt(0).Receipt;
            long size = there.Checkpoint().Head.Size;
            return OfEntry(there.Receipt(index).Receipt, [.. there.Newest(size, RemotePolicies.Bringing, null), first]);
        }
        using LedgerGlance ledger = LedgerGlance.Open(place, LedgerSession.Environment(context));
        return OfEntry(ledger.Receipt(index), [.. ledger.Newest(1, RemotePolicies.Bringing), ledger.Receipt(0)]);
    }

    private static DiffSubject OfEntry(Receipt receipt, Receipt[] naming) =>
        new(
            $"entry {receipt.Entry.Index}",
            DiffKind.Receipt,
            Says(receipt),
            [.. naming.Select(PolicyIn).OfType<Policy>()]
        );

    // A policy that is not one vouches for nothing.
    private static Policy? PolicyIn(Receipt receipt)
    {
        try
        {
            return receipt.Entry.Body.Control?["policy"] is { Kind: JsonKind.Object } policy
                ? Policy.FromJson(policy)
                : null;
        }
        catch (TessraxException)
        {
            return null;
        }
    }

    private static DiffSubject OfFile(CliContext context, string file)
    {
        // A snapshot is compared piece by piece, so it may be larger than what is read whole. A pipe has no length, and is read once: too seldom for a snapshot.
        bool isLarge = new FileInfo(file) is { Exists: true, Length: > CliContext.InputLimit };
        byte[] bytes = isLarge ? context.ReadUpTo(file, SnapshotCheck.BeginningBytes) : context.ReadInput(file);
        if (SnapshotCheck.IsSnapshot(bytes) && !IsKept(file))
            throw ErrorCodes.NotComparable.Because(
                $"the snapshot in {InputFiles.NameOf(file)} is no file that can be read more than once",
                "write it to a file first"
            );
        if (SnapshotCheck.IsSnapshot(bytes))
            return new DiffSubject(file, DiffKind.Snapshot, JsonValue.Null, []);
        if (isLarge)
            bytes = context.ReadInput(file);
        try
        {
            return OfJson(file, bytes);
        }
        catch (TessraxException e) when (e.Code != ErrorCodes.NotComparable)
        {
            throw new TessraxException(ErrorCodes.NotComparable, $"{file}: {e.Message}", inner: e);
        }
    }

    private static DiffSubject OfJson(string file, byte[] bytes)
    {
        JsonValue json = JsonValue.Parse(bytes);
        if (json["bundle"] is not null)
        {
            Bundle bundle = Bundle.Parse(bytes);
            JsonValue content = JsonValue.Object(
                ("subject", bundle.Subject),
                (
                    "entries",
                    JsonValue.Of(
                        bundle.Entries.Select(entry => Says(entry.Receipt).With("index", entry.Receipt.Entry.Index))
                    )
                )
            );
            foreach (BundleEntry one in bundle.Entries)
                RequireCommitted(one.Receipt);
            return new DiffSubject(
                file,
                DiffKind.Bundle,
                content,
                [.. bundle.Entries.Select(one => PolicyIn(one.Receipt)).OfType<Policy>()]
            );
        }
        if (
            json["policy"] is { Kind: JsonKind.String } form
            && form.AsString().StartsWith("tessrax/policy/", StringComparison.Ordinal)
        )
            return new DiffSubject(file, DiffKind.Policy, json, []) { Policy = Policy.Parse(bytes) };
        if (json["entry"] is { } entry && json["leaf_hash"] is not null)
            return new DiffSubject(file, DiffKind.Receipt, Says(OfShown(json, Entry.FromJson(entry, "$.entry"))), []);
        // A leaf as show --raw prints it.
        if (json["body"] is not null && json["gov"] is not null && json["recorded_at"] is not null)
            return new DiffSubject(file, DiffKind.Receipt, Says(Receipt.Create(Entry.FromJson(json), null, [])), []);
        return new DiffSubject(file, DiffKind.Json, json, []);
    }

    // What show --json printed: whether its parts belong together can be told of it alone, whether it is in a ledger cannot.
    private static Receipt OfShown(JsonValue json, Entry entry)
    {
        Receipt receipt =
            json[Payload] is { Kind: JsonKind.Object } payload
                ? Receipt.Create(
                    entry,
                    FrozenPayload.From(payload),
                    new ObjectReader(json).Base64("salt", Receipt.SaltBytes)
                )
            : json["erased"] is not null && entry.Body.Payload is not null ? Receipt.WithoutPayload(entry)
            : Receipt.Create(entry, null, []);
        string named = new ObjectReader(json).String("leaf_hash");
        if (TreeHasher.NamedBy(named) is not { } hasher || hasher.Text(receipt.LeafHash(hasher)) != named)
            throw ErrorCodes.NotComparable.Because(
                "its leaf_hash is not that of its entry: one of them was changed",
                "get it again: tessraxctl show DIR N --json"
            );
        RequireCommitted(receipt);
        return receipt;
    }

    private static void RequireCommitted(Receipt receipt)
    {
        bool holds =
            receipt.Payload is null
            || (Digest.TryParse(receipt.Entry.Body.Ledger, out Digest ledger) && receipt.PayloadMatches(ledger));
        if (!holds)
            throw ErrorCodes.NotComparable.Because(
                $"the payload is not the one that entry {receipt.Entry.Index} commits to: it was changed, or is another entry's",
                "get it again from the ledger"
            );
    }

    private static bool IsKept(string file)
    {
        if (file == "-")
            return false;
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return stream.CanSeek;
    }
}
