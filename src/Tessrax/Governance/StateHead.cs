using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The head part of a folded state: everything but facts and nonces, of which it has the digests.</summary>
/// <remarks>Lines of canonical JSON: the first one, then one for each open proposal.</remarks>
internal sealed record StateHead
{
    private const string Form = "tessrax/state/v1";

    public required GovernanceState State { get; init; }

    public required Genesis Genesis { get; init; }

    /// <summary>The policy in force; null if it is that of genesis.</summary>
    public required Policy? Policy { get; init; }

    public required long Size { get; init; }

    public required UtcTime RecordedAt { get; init; }

    public required long? EpochAt { get; init; }

    public required UtcTime EpochSince { get; init; }

    public required IReadOnlyList<(long Block, Digest Digest)> Facts { get; init; }

    public required IReadOnlyList<(long Block, Digest Digest)> Nonces { get; init; }

    public required IReadOnlyList<OpenProposal> Proposals { get; init; }

    public byte[] Write() => JsonLines.Write([FirstLine(), .. Proposals.Select(LineOf)]);

    /// <summary>Reads a head. What is told apart by comparing with what would be written is not checked here.</summary>
    /// <exception cref="TessraxException">TSX5025: not a head part.</exception>
    public static StateHead Read(ReadOnlyMemory<byte> part)
    {
        try
        {
            using IEnumerator<JsonValue> lines = JsonLines.Read(part).GetEnumerator();
            if (!lines.MoveNext())
                throw ErrorCodes.BadValue.Because("it is empty");
            (StateHead head, long proposals) = ReadFirst(new ObjectReader(lines.Current));
            var open = new List<OpenProposal>();
            while (lines.MoveNext())
                open.Add(ReadProposal(new ObjectReader(lines.Current), head.State.Ledger));
            return open.Count == proposals
                ? head with
                {
                    Proposals = open,
                }
                : throw ErrorCodes.BadValue.Because($"it has {open.Count} proposals instead of {proposals}");
        }
        catch (TessraxException e)
        {
            throw new TessraxException(
                ErrorCodes.PartBroken,
                $"the head of a state cannot be read: {e.Message}",
                inner: e
            );
        }
    }

    private JsonValue FirstLine() =>
        JsonValue.Object(
            ("part", Form),
            ("size", Size),
            ("recorded_at", RecordedAt.ToString()),
            ("state", State.ToJson()),
            ("accepts", JsonValue.Of(State.Earlier.Select(digest => (JsonValue)digest.ToString()))),
            ("genesis", Genesis.ToControl()),
            ("policy", Policy?.Document),
            (
                "epoch",
                JsonValue.Object(("at", EpochAt is { } at ? at : JsonValue.Null), ("since", EpochSince.ToString()))
            ),
            ("facts", Write(Facts)),
            ("nonces", Write(Nonces)),
            ("proposals", Proposals.Count)
        );

    private static (StateHead Head, long Proposals) ReadFirst(ObjectReader reader)
    {
        reader.OneOf("part", Form);
        ObjectReader epoch = reader.Object("epoch");
        var head = new StateHead
        {
            Size = reader.Integer("size", 1),
            RecordedAt = reader.Time("recorded_at"),
            State = GovernanceState.FromJson(reader.Required("state"), "$.state") with
            {
                Earlier = [.. reader.Array("accepts", GovernanceState.MaxEarlier).Select(ReadDigest)],
            },
            Genesis = Genesis.Read(reader.Required("genesis")),
            Policy = reader.Optional("policy") is { } policy ? Policy.FromJson(policy) : null,
            EpochAt = epoch.Required("at").Kind == JsonKind.Null ? null : epoch.Integer("at", 1),
            EpochSince = epoch.Time("since"),
            Facts = ReadBlocks(reader, "facts"),
            Nonces = ReadBlocks(reader, "nonces"),
            Proposals = [],
        };
        long proposals = reader.Integer("proposals");
        epoch.End();
        reader.End();
        return (head, proposals);
    }

    private static JsonValue LineOf(OpenProposal open) =>
        JsonValue.Object(
            ("entry", open.Index),
            ("at", open.RecordedAt is { } at ? JsonValue.String(at.ToString()) : null),
            ("salt", Convert.ToBase64String(open.Salt.Span)),
            ("proposal", open.Proposal.ToJson()),
            ("votes", JsonValue.Of(open.Votes.Select(vote => vote.ToJson())))
        );

    private static OpenProposal ReadProposal(ObjectReader reader, Digest ledger)
    {
        var proposal = Proposal.FromJson(reader.Required("proposal"), "$.proposal");
        var open = new OpenProposal(
            reader.Integer("entry"),
            proposal,
            proposal.Body.DigestIn(ledger),
            [.. reader.Array("votes").Select(item => Approval.FromJson(item.Value, item.Path))]
        )
        {
            Salt = new Digest(reader.Base64("salt", Receipt.SaltBytes)),
            RecordedAt = OpenProposal.IsDated(proposal) ? reader.Time("at") : null,
        };
        reader.End();
        return open;
    }

    private static JsonValue Write(IEnumerable<(long Block, Digest Digest)> blocks) =>
        JsonValue.Of(blocks.Select(b => JsonValue.Object(("block", b.Block), ("digest", b.Digest.ToString()))));

    private static (long, Digest)[] ReadBlocks(ObjectReader reader, string name) =>
        [.. reader.Array(name).Select(item => ReadBlock(new ObjectReader(item.Value, item.Path)))];

    private static (long, Digest) ReadBlock(ObjectReader reader)
    {
        (long, Digest) block = (
            reader.Integer("block", 0, long.MaxValue >> FactBook.BlockBits),
            reader.Digest("digest")
        );
        reader.End();
        return block;
    }

    private static Digest ReadDigest((JsonValue Value, string Path) item) =>
        item.Value.Kind == JsonKind.String && Digest.TryParse(item.Value.AsString(), out Digest digest)
            ? digest
            : throw ErrorCodes.BadDigest.Because($"{item.Path} is not a digest");
}
