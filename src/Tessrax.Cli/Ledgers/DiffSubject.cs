using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Commands;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
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
/// <param name="Sources">Documents that may name units.</param>
internal sealed record DiffSubject(string Name, DiffKind Kind, JsonValue Content, IReadOnlyList<JsonValue> Sources)
{
    /// <summary>The policy, if it is one.</summary>
    public Policy? Policy { get; private init; }

    /// <summary>Reads one side: an entry of a ledger by its index, <c>DIR@N</c>, or a file.</summary>
    /// <param name="context">The surroundings.</param>
    /// <param name="directory">The ledger that a bare index is of; null if there is none.</param>
    /// <param name="given">What was given.</param>
    /// <exception cref="TessraxException">TSX1022: it is nothing that can be compared; as when opening the ledger or the file.</exception>
    public static DiffSubject Read(CliContext context, string? directory, string given)
    {
        bool isIndex = long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out long index);
        if (directory is not null && isIndex)
            return OfEntry(context, directory, index);
        int at = given.LastIndexOf('@');
        if (at > 0 && Directory.Exists(given[..at]))
            return OfEntry(context, given[..at], WholeNumber.Parse(given[(at + 1)..], "the index after @")!.Value);
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
            ("by", body.By.Key.ToString()),
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
            ("payload", receipt.Payload?.Root),
            ("erased", receipt.IsErased ? true : null)
        );
    }

    private static DiffSubject OfEntry(CliContext context, string directory, long index)
    {
        using LedgerGlance ledger = LedgerGlance.Open(directory, LedgerSession.Environment(context));
        Receipt receipt = ledger.Receipt(index);
        string[] policies = [Events.PolicyUpgraded, Events.PolicyRolledBack];
        IEnumerable<Receipt> naming = ledger.Newest(1, policies).Append(ledger.Receipt(0));
        return new DiffSubject(
            $"entry {index}",
            DiffKind.Receipt,
            Says(receipt),
            [.. naming.Select(one => one.Entry.Body.Control).OfType<JsonValue>()]
        );
    }

    private static DiffSubject OfFile(CliContext context, string file)
    {
        // A snapshot is compared piece by piece, so it may be larger than what is read whole. A pipe has no length, and is read once.
        bool isLarge = new FileInfo(file) is { Exists: true, Length: > CliContext.InputLimit };
        byte[] bytes = isLarge ? context.ReadUpTo(file, SnapshotCheck.BeginningBytes) : context.ReadInput(file);
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
            return new DiffSubject(file, DiffKind.Bundle, content, [json]);
        }
        if (
            json["policy"] is { Kind: JsonKind.String } form
            && form.AsString().StartsWith("tessrax/policy/", StringComparison.Ordinal)
        )
            return new DiffSubject(file, DiffKind.Policy, json, [json]) { Policy = Policy.Parse(bytes) };
        if (json["entry"] is { } entry && json["leaf_hash"] is not null)
        {
            Entry read = Entry.FromJson(entry, "$.entry");
            Receipt receipt =
                json["payload"] is { Kind: JsonKind.Object } payload
                    ? Receipt.Create(
                        read,
                        FrozenPayload.From(payload),
                        new ObjectReader(json).Base64("salt", Receipt.SaltBytes)
                    )
                : read.Body.Payload is null ? Receipt.Create(read, null, [])
                : Receipt.WithoutPayload(read);
            return new DiffSubject(file, DiffKind.Receipt, Says(receipt), []);
        }
        return new DiffSubject(file, DiffKind.Json, json, [json]);
    }
}
