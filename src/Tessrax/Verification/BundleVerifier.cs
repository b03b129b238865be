using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Verification;

/// <summary>Checks a bundle from a stranger against a trust root of one's own, down to deciding again.</summary>
public sealed class BundleVerifier
{
    // In the order of checking: what comes first is nearest to the cause.
    private static readonly string[] Stages = ["bundle", .. PartJudge.Stages, "approvals", "decisions", "trust"];

    private readonly StageBoard board;
    private readonly TrustRoot? trust;
    private readonly PartJudge part;

    private BundleVerifier(TimeProvider clock, TrustRoot? trust, Action<Stage>? watcher)
    {
        this.trust = trust;
        board = new StageBoard(clock, Stages) { Watcher = watcher };
        part = new PartJudge(board, clock, trust);
    }

    /// <summary>The verdict on a bundle.</summary>
    /// <param name="bytes">Whatever a stranger gave; never throws at it.</param>
    /// <param name="trust">What the verifier accepts; null if trust was not established.</param>
    /// <param name="clock">Measures the stages; decides nothing.</param>
    public static Verdict Verify(ReadOnlySpan<byte> bytes, TrustRoot? trust, TimeProvider clock) =>
        Verify(bytes, trust, clock, null);

    /// <summary>The same verdict; <paramref name="watcher"/> is told of each stage as soon as it is over.</summary>
    internal static Verdict Verify(
        ReadOnlySpan<byte> bytes,
        TrustRoot? trust,
        TimeProvider clock,
        Action<Stage>? watcher
    )
    {
        var verifier = new BundleVerifier(clock, trust, watcher);
        Bundle bundle;
        try
        {
            using StageBoard.Measurement time = verifier.board.Measure("bundle");
            bundle = Bundle.Parse(bytes);
            verifier.board.Passed("bundle");
            verifier.board.Over("bundle");
        }
        catch (TessraxException e)
        {
            verifier.board.Failed("bundle", e.Code, e.Message);
            // Nothing else applies to what is not a bundle.
            foreach (string stage in Stages[1..])
                verifier.board.Drop(stage);
            return new Verdict("bundle", null, 0, null, verifier.board.ToStages(), []);
        }
        return verifier.Judge(bundle);
    }

    /// <summary>The verdict on a bundle that was read already.</summary>
    internal static Verdict Verify(Bundle bundle, TrustRoot? trust, TimeProvider clock)
    {
        var verifier = new BundleVerifier(clock, trust, null);
        verifier.board.Passed("bundle");
        return verifier.Judge(bundle);
    }

    private Verdict Judge(Bundle bundle)
    {
        part.Judge(bundle.Entries, bundle.Checkpoint);
        if (part.Fold is { } fold)
        {
            if (!bundle.Entries.Any(item => item.Receipt.Entry.Index == bundle.Subject))
                board.Failed(
                    "bundle",
                    ErrorCodes.InputsMissing,
                    $"the bundle is about entry {bundle.Subject} but does not hold it"
                );
            DropWhatDoesNotApply(bundle);
            part.FindSuspects(bundle.Subject);
            SayWhatIsErased(bundle, fold.Erasures);
        }
        board.Over("commitments", "approvals", "decisions");
        part.JudgeTrust();
        return part.ToVerdict("bundle", Excludes(bundle));
    }

    // An entry that decides nothing has no such stages, so that nobody reads them as checked.
    private void DropWhatDoesNotApply(Bundle bundle)
    {
        string? about = bundle
            .Entries.FirstOrDefault(e => e.Receipt.Entry.Index == bundle.Subject)
            ?.Receipt.Entry.Body.Event;
        if (about is null || !(Events.Settles(about) || Events.IsGoverned(about)))
            board.Drop("approvals");
        if (about is null || !Events.Settles(about))
            board.Drop("decisions");
    }

    // A stage that could not do its work for the subject is not called checked, whatever it did for other entries.
    private void SayWhatIsErased(Bundle bundle, Erasures fold)
    {
        Receipt? about = bundle.Entries.FirstOrDefault(e => e.Receipt.Entry.Index == bundle.Subject)?.Receipt;
        if (about is { IsErased: true } && fold.ErasedAt(about.Entry) is { } at)
            board.NotClaimed(
                "commitments",
                ErrorCodes.NotReExecutable,
                $"the payload of entry {bundle.Subject} was erased at {at}: nobody can hold it against its commitment"
            );
        if (part.Erasures.ReasonOf(bundle.Subject, fold) is not { } reason)
            return;
        foreach (string stage in (ReadOnlySpan<string>)["approvals", "decisions"])
            board.NotClaimed(stage, ErrorCodes.NotReExecutable, $"entry {bundle.Subject} is {reason}");
    }

    private List<string> Excludes(Bundle bundle)
    {
        var excludes = new List<string>(part.NotExcluded("a bundle"));
        excludes.Add(
            $"entries that the bundle leaves out: claims about the same subject, the end of the proposal before it was decided, a nonce used before, control events after entry {bundle.Subject} (omission not excluded; verify the whole ledger for that)"
        );
        if (bundle.Entries.Any(e => e.Receipt.Entry.Body.Event == Events.EpochOpened))
            excludes.Add(
                "that the epochs name the root, the folded state and the fields of the entries before them (verify the whole ledger for that)"
            );
        if (part.Fold is { } fold)
            excludes.AddRange(part.Erasures.ToExcludes(fold.Erasures));
        if (part.Fold?.Genesis?.Predecessor is { } before)
            excludes.Add(PredecessorJudge.NotExcluded(before));
        excludes.Add("a wrong clock: recorded_at is the log's word");
        return excludes;
    }
}
