using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Appending;

/// <summary>Ends a ledger in favour of a successor, with the approvals that this needs, and founds the successor.</summary>
/// <remarks>
/// Four steps, each durable before the next: the plan; the successor's keys (made by the caller); LEDGER_CLOSED, perhaps after a proposal
/// and its verdicts; the successor's genesis. Whatever was done stands in the two directories, so the same command, run again after a crash, goes on
/// where it stopped. The predecessor's writer lock is held all the while. Genesis follows from the closed ledger and the new keys to the byte, so
/// that one made a second time is the same: the new log key never signs two.
/// </remarks>
public sealed partial class Rollover(LedgerWriter old, string directory, NodeEnvironment environment)
{
    /// <summary>How long the proposal waits for approvals, unless the policy or the ledger's windows say less.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromDays(30);

    private const string NonceLabel = "tessrax/successor/v1\n";
    private const int MaxDigits = 16;

    private readonly ProposalDesk desk = new(old);

    /// <summary>The successor that the predecessor is closed in favour of; null as long as it is open.</summary>
    public Successor? Closed => old.Fold.State.Successor;

    /// <summary>The proposal that waits for approvals, or null.</summary>
    public OpenProposal? Waiting => old.Fold.OpenControl(Events.LedgerClosed);

    /// <summary>The commitment to a recovery key that the successor is to begin with; null if it has none of its own.</summary>
    /// <param name="wanted">What whoever founds it wants now; null for what was begun.</param>
    public RecoveryCommitment? RecoveryFor(RecoveryCommitment? wanted) =>
        wanted ?? Closed?.Recovery ?? (Waiting is { } waiting ? SuccessorOf(waiting).Recovery : null);

    /// <summary>The proposals that would end undecided with the ledger, in their order; not the closing itself. None once it is closed.</summary>
    public IReadOnlyList<long> Undecided =>
        [
            .. old
                .Fold.Proposals.Values.Where(p =>
                    p.Proposal.Body.Event != Events.LedgerClosed && p.Proposal.Body.ExpiresAt >= old.Now()
                )
                .Select(p => p.Index)
                .Order(),
        ];

    /// <summary>The holds that have no end, so that they are meant for what is recorded later as well.</summary>
    public IReadOnlyList<Hold> Endless =>
        [.. old.Fold.Erasures.Holds.Where(hold => hold.Entries.Ranges is [.., (_, IndexRanges.Last)])];

    /// <summary>The origin that a successor gets if none is named: the old one and <c>/2</c>, or the next number if it ends in one.</summary>
    public static string NextOrigin(string origin)
    {
        int slash = origin.LastIndexOf('/');
        bool numbered = int.TryParse(
            origin.AsSpan(slash + 1),
            System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture,
            out int number
        );
        return slash >= 0 && numbered && number < 1_000_000
            ? string.Create(null, $"{origin[..slash]}/{number + 1}")
            : origin + "/2";
    }

    /// <summary>Writes down what is to be made, or finds what was begun.</summary>
    /// <param name="origin">The successor's origin; null for what was begun, or <see cref="NextOrigin"/>.</param>
    /// <param name="hash">Name of the hash function of the successor's tree.</param>
    /// <param name="shards">Over how many ledgers the subjects are spread from then on; null for one successor.</param>
    /// <exception cref="TessraxException">TSX4015: another successor is named, or waits for approvals; TSX4053: it was retired; TSX3010: there is something else in the
    /// directory; TSX1009: not an origin; TSX3005 to TSX3009: cannot write.</exception>
    public RolloverPlan Plan(string? origin, string hash, int? shards = null)
    {
        if (old.Fold.State.Retired is { } retired)
            throw ErrorCodes.LedgerRetired.Because(
                $"the ledger was retired by entry {retired.At}, and has no successor: {retired.Reason}"
            );
        if (RolloverPlan.Find(directory, environment.Disk) is { } begun)
        {
            if (
                begun.Ledger != old.Directory.Id
                || begun.Hash != hash
                || begun.Shards != shards
                || (origin ?? begun.Origin) != begun.Origin
            )
                throw ErrorCodes.OtherSuccessor.Because(
                    $"{directory} was begun as {begun.Origin} ({begun.Hash}{(begun.Shards is { } of ? $", {of} shards" : "")}), the successor of {begun.Ledger}"
                );
            return begun;
        }
        // Its keys would lie there, and only who holds the log key can be the successor.
        if (Closed is { } named)
            throw ErrorCodes.OtherSuccessor.Because(
                $"the ledger is closed in favour of {named}, which is not in {directory}"
            );
        if (Waiting is { } waiting)
            throw ErrorCodes.OtherSuccessor.Because(
                $"proposal {waiting.Index} would close the ledger in favour of {SuccessorOf(waiting)}, which is not in {directory}",
                "give that successor's directory; or reject the proposal, or wait until it has expired"
            );
        if (
            Directory.Exists(directory)
            && Directory
                .EnumerateFileSystemEntries(directory)
                .Any(f => !Remains.IsOf(Path.GetFileName(f), RolloverPlan.FileName))
        )
            throw ErrorCodes.AlreadyExists.Because($"{directory} exists and is not empty");
        var plan = new RolloverPlan(
            old.Directory.Id,
            Path.GetRelativePath(Path.GetFullPath(directory), Path.GetFullPath(old.Directory.Path)),
            Origins.Check(origin ?? NextOrigin(old.Directory.Origin)),
            hash
        )
        {
            Shards = shards,
        };
        if (plan.Origin == old.Directory.Origin)
            throw ErrorCodes.BadValue.Because("a successor needs an origin of its own");
        DiskErrors.Writing(directory, () => environment.Disk.CreateDirectory(directory));
        plan.Write(directory, environment.Disk);
        return plan;
    }

    /// <summary>Closes the ledger in favour of a successor, or proposes it. Does nothing if that is done already.</summary>
    /// <returns>Whether it is closed now; otherwise <see cref="Waiting"/> waits for approvals.</returns>
    /// <exception cref="TessraxException">TSX4015: it is closed in favour of another successor, or another one waits; TSX1006: the successor's
    /// genesis would be too large.</exception>
    public bool Close(Successor successor)
    {
        if (Closed is { } named)
            return named == successor
                ? true
                : throw ErrorCodes.OtherSuccessor.Because(
                    $"the ledger is closed in favour of {named}, not of {successor}"
                );
        desk.CloseExpired(old.Now());
        if (Waiting is { } waiting)
            return SuccessorOf(waiting) == successor
                ? false
                : throw ErrorCodes.OtherSuccessor.Because(
                    $"proposal {waiting.Index} would close the ledger in favour of {SuccessorOf(waiting)}, not of {successor}",
                    "reject it, or wait until it has expired"
                );
        RequireRoom(successor);
        desk.Govern(Events.LedgerClosed, successor.ToControl(), Validity);
        return Closed is not null;
    }

    /// <summary>Records one approver's approval of the closing that waits.</summary>
    /// <returns>Whether the ledger is closed now.</returns>
    /// <exception cref="TessraxException">TSX4001 to TSX4012: the approval does not count and is not written.</exception>
    public bool Approve(Digest key, Signer signer)
    {
        // By a run of this command that was cut short, or by approve.
        if (
            Waiting is not { } waiting
            || waiting.VotesAt(old.Now(), old.Fold.State).Any(v => v.Key == key && v.Approves)
        )
            return Closed is not null;
        ApprovalRecorded verdict = ApprovalRequest
            .From(old.Fold)
            .Sign(waiting.Index, key, true, old.Now(), environment.RandomBytes(EntryBody.NonceBytes), signer);
        desk.Record(verdict);
        return Closed is not null;
    }

    /// <summary>Founds the successor of the closed ledger, or opens the one that was founded. The caller disposes the writer.</summary>
    /// <param name="keys">The successor's; the writer disposes them.</param>
    /// <exception cref="TessraxException">TSX4015: these are not the keys of the successor that LEDGER_CLOSED names, or another ledger is in the
    /// directory; TSX3005 to TSX3009: cannot write.</exception>
    /// <exception cref="InvalidOperationException">Nothing closed it.</exception>
    public LedgerWriter Found(LedgerKeys keys) => Found(keys, directory, shard: null);

    private LedgerWriter Found(LedgerKeys keys, string directory, Shard? shard)
    {
        Successor successor = Closed ?? throw new InvalidOperationException("the ledger is not closed");
        if (successor.LogKey != VerifierKey.Create(successor.Origin, keys.Log.PublicKey))
            throw ErrorCodes.OtherSuccessor.Because(
                $"the ledger is closed in favour of {successor}, but the log key in {directory} is another"
            );
        Genesis genesis = GenesisOf(successor, keys, shard, out UtcTime closedAt);
        byte[] nonce = NonceOf(genesis.Predecessor!, successor);
        if (!environment.Disk.Exists(LedgerDirectory.FileOf(directory)))
        {
            RemoveBegun(directory);
            return LedgerWriter.Create(directory, genesis, keys, environment, closedAt, nonce, LedgerLayout.Default);
        }
        LedgerWriter found = LedgerWriter.Open(directory, keys, environment);
        if (found.Fold.Genesis?.Predecessor == genesis.Predecessor)
            return found;
        found.Dispose();
        throw ErrorCodes.OtherSuccessor.Because(
            $"the ledger in {directory} is not the successor of {old.Directory.Id}"
        );
    }

    /// <summary>Places each hold that has no end in the successor too, for all its entries, or proposes it. Nothing is erased in a closed ledger, so the others need not go on.</summary>
    /// <param name="found">The successor's writer.</param>
    /// <returns>By name, what became of each; null for one that must wait until another proposal is through, and then the same call.</returns>
    /// <exception cref="TessraxException">TSX1006 to TSX4016: it does not fit, as a rule never; TSX3005 to TSX3009: the disk failed.</exception>
    public IReadOnlyDictionary<string, PayloadOutcome?> CarryHolds(LedgerWriter found)
    {
        ArgumentNullException.ThrowIfNull(found);
        var carried = new SortedDictionary<string, PayloadOutcome?>(StringComparer.Ordinal);
        HashSet<string> seen = Endless.Count > 0 && found.Fold.Size > 1 ? HoldsEverPlaced(found) : [];
        var payloads = new PayloadDesk(found, environment.Disk);
        foreach (Hold hold in Endless.Where(hold => !seen.Contains(hold.Name)))
        {
            try
            {
                var placed = new HoldPlaced(hold.Name, IndexRanges.Between(0, IndexRanges.Last), hold.Reason);
                carried[hold.Name] = payloads.Place(placed);
            }
            catch (TessraxException e) when (e.Code == ErrorCodes.ProposalWaits)
            {
                carried[hold.Name] = null;
            }
        }
        return carried;
    }

    // One that was released in the successor since is not placed again.
    private static HashSet<string> HoldsEverPlaced(LedgerWriter found) =>
        [
            .. found
                .EntriesFrom(0)
                .Where(entry => entry.Body.Event == Events.HoldPlaced)
                .Select(entry => HoldPlaced.Read(entry.Body).Hold),
        ];

    // Segments of a run that was cut short before it named the ledger hold genesis at most, and the same genesis comes again.
    private void RemoveBegun(string directory)
    {
        string segments = LedgerDirectory.SegmentsOf(directory);
        if (!Directory.Exists(segments))
            return;
        // Until the first segment has its name there is nothing but temporary files.
        bool named = Directory.EnumerateFiles(segments).Any(f => !Path.GetFileName(f).StartsWith('.'));
        if (named && CountEntries(directory) is > 1 and long entries)
            throw ErrorCodes.Damaged.Because(
                $"{directory} holds {entries} entries but no {LedgerDirectory.FactsFile}: it was founded long ago, and that file was lost"
            );
        DiskErrors.Writing(segments, () => Directory.Delete(segments, recursive: true));
    }

    private long CountEntries(string directory)
    {
        using var reader = new SegmentReader(directory, environment.Disk, static (_, _) => true);
        return reader.ReadAll().Sum(batch => (long)batch.Entries.Count);
    }

    private static Successor SuccessorOf(OpenProposal proposal) => Successor.Read(proposal.Proposal.Body);

    private Genesis GenesisOf(Successor successor, LedgerKeys keys, Shard? shard, out UtcTime closedAt)
    {
        using LedgerView view = LedgerView.Open(old.Directory.Path, environment.Disk);
        TreeHasher hasher = TreeHasher.ByName(successor.Hash)!;
        var again = new Frontier(hasher);
        Receipt? last = null;
        foreach (Receipt receipt in view.Receipts())
            again.Append(hasher.Leaf((last = receipt).Leaf.Span));
        // Read again from the disk: what the successor commits to is what is durable, not what this process remembers.
        GovernanceState state = view.Fold.State;
        if (last?.Entry.Body.Event != Events.LedgerClosed || state.Digest != old.Fold.State.Digest)
            throw ErrorCodes.Bug.Because($"the ledger in {old.Directory.Path} does not end in LEDGER_CLOSED");
        closedAt = last.Entry.RecordedAt;
        const string author = "author";
        string origin = shard?.Origin ?? successor.Origin;
        return new Genesis
        {
            Origin = origin,
            Hash = successor.Hash,
            Shard = shard,
            Keys =
            [
                LogKeyOf(successor, origin),
                new LedgerKey(author, KeyPurpose.Author, VerifierKey.Create(author, keys.Author.PublicKey), [], 0)
                {
                    // Who may not approve what this key signs stays the same.
                    Person = state.Key(last.Entry.Body.By.Key)?.Person,
                },
                .. state.ActiveKeys(KeyPurpose.Approver).Select(k => k with { From = 0 }),
            ],
            Policy = view.Fold.Rules,
            Windows = state.Windows,
            Recovery = state.Recovery ?? successor.Recovery,
            Predecessor = new Predecessor(
                state.Ledger,
                state.Origin,
                view.Checkpoint.ToString(),
                state.Digest,
                again.Head
            ),
        };
    }

    // Closing cannot be undone, so a genesis that has no room for its predecessor must be found out before.
    private void RequireRoom(Successor successor)
    {
        GovernanceState state = old.Fold.State;
        LedgerKey author = state.ActiveKeys(KeyPurpose.Author).First();
        Shard? last = successor.Shards is { } of ? new Shard(successor.Origin, of - 1, of) : null;
        string origin = last?.Origin ?? successor.Origin;
        var genesis = new Genesis
        {
            Origin = origin,
            Hash = successor.Hash,
            Shard = last,
            // The successor's author has another key of the same size.
            Keys =
            [
                LogKeyOf(successor, origin),
                author with
                {
                    From = 0,
                },
                .. state.ActiveKeys(KeyPurpose.Approver).Select(k => k with { From = 0 }),
            ],
            Policy = old.Fold.Rules,
            Windows = state.Windows,
            Recovery = state.Recovery ?? successor.Recovery,
            Predecessor = new Predecessor(
                old.Directory.Id,
                old.Directory.Origin,
                // Its size can have more digits by then.
                old.Checkpoint + new string('0', MaxDigits),
                old.Fold.State.Digest,
                new TreeHead(9_007_199_254_740_991, old.Tree.Root())
            ),
        };
        int bytes = LedgerWriter
            .GenesisBody(genesis, author.Id, old.Now(), new byte[EntryBody.NonceBytes])
            .ToJson()
            .ToCanonicalBytes()
            .Length;
        if (bytes > EntryBody.MaxBytes)
            throw ErrorCodes.TooLarge.Because(
                $"the successor's genesis would have up to {bytes} bytes with what it says of this ledger; at most {EntryBody.MaxBytes} are allowed"
            );
    }

    private static LedgerKey LogKeyOf(Successor successor, string origin) =>
        new(origin, KeyPurpose.Log, VerifierKey.Create(origin, successor.LogKey.Key), [], 0);

    private static byte[] NonceOf(Predecessor predecessor, Successor successor)
    {
        Digest whole = HashEngine.Sha256.Hash(
            Encoding.ASCII.GetBytes(NonceLabel),
            predecessor.Ledger.Span,
            [.. predecessor.State.Span, .. successor.LogKey.Key.Id.Span]
        );
        return whole.Span[..EntryBody.NonceBytes].ToArray();
    }
}
