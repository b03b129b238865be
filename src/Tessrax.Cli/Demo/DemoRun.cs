using System.Text;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Keys;
using Tessrax.Node.Reading;
using Tessrax.Verification;

namespace Tessrax.Cli.Demo;

/// <summary>The main job on real claims, by the code that the other verbs run: nothing here is staged.</summary>
internal sealed class DemoRun(CliContext context, DemoPlaces places)
{
    private const string Origin = "example.com/tessrax-demo";
    private const string Role = "security";
    private static readonly string[] Approvers = ["alice", "bob", "carol"];

    private readonly byte[] passphrase = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(context.RandomBytes(16)));
    private int step;

    // The demo leaves no trace in the user's own directories.
    private NodeEnvironment Environment { get; } =
        LedgerSession.Environment(context) with
        {
            ConfigDirectory = Path.Combine(places.Root, "config"),
            StateDirectory = Path.Combine(places.Root, "state"),
        };

    /// <summary>Runs it all.</summary>
    /// <returns>0 if everything went as it should, tampering being caught included.</returns>
    public int Run()
    {
        FoundedLedger founded = Found();
        IngestResult result = Ingest();
        int signed = Approve();
        long decision = Prove(founded);
        bool holds = VerifyAsStranger();
        bool caught = Tamper();
        Next(decision);
        context.WriteJson(() =>
            JsonValue.Object(
                ("directory", places.Root),
                ("ledger", founded.Id.ToString()),
                ("claims", result.Claims),
                ("contradictions", result.Contradictions.Values.Sum()),
                ("decisions", result.Decisions),
                ("approved", signed),
                ("bundle_holds", holds),
                ("tampering_caught", caught)
            )
        );
        return holds && caught ? 0 : CliContext.Refuted;
    }

    private void Title(string text)
    {
        step++;
        context.Line();
        context.Line(Tone.Strong, $"{step}. {text}");
        context.Flush();
    }

    private FoundedLedger Found()
    {
        Title("A ledger, its policy, and three people who may approve");
        DiskErrors.Writing(places.Root, () => Directory.CreateDirectory(places.Root));
        DurableFile.Write(Environment.Disk, places.Passphrase, passphrase, DurableFileOptions.Secret);
        Policy policy = DemoSamples.Policy();
        LedgerKey[] people = [.. Approvers.Select(MakeApprover)];
        FoundedLedger founded = LedgerFounder.Found(
            context,
            Environment,
            places.Ledger,
            Origin,
            new FoundingWish(
                HashEngine.Sha256,
                policy,
                people,
                Person: null,
                Recovery: null,
                Commands.IndexGroup.UsualKind(context)
            ),
            passphrase
        );
        context.Line($"   {Origin}, id {founded.Id}");
        context.Line(
            $"   policy {policy.Pin.Id} {policy.Pin.Version}: critical contradictions wait for 2 of {Approvers.Length} ({string.Join(", ", Approvers)})"
        );
        return founded;
    }

    private LedgerKey MakeApprover(string name)
    {
        KeyFileInfo info = KeyStore.Create(places.KeyOf(name), name, KeyPurpose.Approver, passphrase, context.Random);
        return new LedgerKey(name, KeyPurpose.Approver, info.VerifierKey, [Role], 0);
    }

    private IngestResult Ingest()
    {
        Title("Real claims in, contradictions out");
        IReadOnlyList<ClaimFile> files = DemoSamples.Claims();
        foreach (ClaimFile file in files)
            context.Line(
                $"   {file.Lines.Count, 5} claims by {file.Lines.Select(l => l.Claim.Source).Distinct().Count(), 2} sources in {file.Name}"
            );
        using LedgerWriter writer = OpenWriter();
        IngestResult result = new Ingestor(writer).Ingest(files);
        context.Line($"   {result.Contradictions.Values.Sum()} contradictions about {result.Subjects} subjects:");
        foreach ((Severity severity, long count) in result.Contradictions.Reverse())
            context.Line(Tones.Of(severity), $"   {count, 5} {severity.Text()}");
        context.Line($"   {result.Decisions} decided by the policy alone, for example:");
        foreach (string example in Examples())
            context.Line(Tone.Dim, $"         {example}");
        return result;
    }

    // The first decision of each severity, as the log tells it.
    private IEnumerable<string> Examples()
    {
        using LedgerView view = LedgerView.Open(places.Ledger, Environment.Disk);
        return
        [
            .. view.Receipts()
                .Where(r => r.Entry.Body.Event == Events.DecisionRecorded)
                .Select(r => Decision.FromJson(r.Payload!.Root))
                .DistinctBy(d => d.Severity)
                .OrderByDescending(d => d.Severity)
                .Select(d => $"{d.Severity.Text()}: {d.Key}: {ReceiptText.Outcome(d)}, {d.Reason}"),
        ];
    }

    private int Approve()
    {
        Title("What the policy would not decide alone waits for two people");
        using LedgerWriter writer = OpenWriter();
        OpenProposal[] waiting = [.. writer.Fold.Proposals.Values];
        foreach (string name in Approvers[..2])
        {
            using PrivateKey key = KeyStore.Read(places.KeyOf(name)).Decrypt(passphrase);
            foreach (OpenProposal proposal in waiting)
                Sign(writer, proposal.Index, key);
        }
        foreach (OpenProposal proposal in waiting)
        {
            Decision decision = proposal.Proposal.Decision!;
            bool done = !writer.Fold.Proposals.ContainsKey(proposal.Index);
            context.Line(
                done ? Tone.Good : Tone.Bad,
                $"   {decision.Key}: {ReceiptText.Outcome(decision)}, signed by {string.Join(" and ", Approvers[..2])}"
            );
        }
        context.Line();
        context.Line("   the checkpoint, signed:");
        foreach (string line in writer.Checkpoint!.ToString().TrimEnd('\n').Split('\n'))
            context.Line(Tone.Dim, $"   {line}");
        return waiting.Length;
    }

    private void Sign(LedgerWriter writer, long proposal, PrivateKey key)
    {
        byte[] nonce = context.RandomBytes(EntryBody.NonceBytes);
        ApprovalRequest request = ApprovalRequest.From(writer.Fold);
        new ProposalDesk(writer).Record(
            request.Sign(proposal, key.PublicKey.Id, true, writer.Now(), nonce, message => key.Sign(message))
        );
    }

    private long Prove(FoundedLedger founded)
    {
        Title("One decision in one file, for a stranger");
        using LedgerView view = LedgerView.Open(places.Ledger, Environment.Disk);
        long index = view.Receipts().Last(r => r.Entry.Body.Event == Events.DecisionRecorded).Entry.Index;
        Bundle bundle = BundleMaker.Make(view, index);
        DiskErrors.Writing(places.Stranger, () => Directory.CreateDirectory(places.Stranger));
        DurableFile.Write(Environment.Disk, places.Bundle, bundle.ToBytes(), DurableFileOptions.New);
        DurableFile.Write(Environment.Disk, places.Trust, founded.Trust.ToJson(), DurableFileOptions.New);
        context.Line(
            $"   {places.Bundle}: entry {index} of {view.Size} with the {bundle.Entries.Count - 1} entries it rests on, {bundle.ToBytes().Length} bytes"
        );
        return index;
    }

    private bool VerifyAsStranger()
    {
        Title("A second process that has only that file and a trust root");
        SecondOpinion opinion = SecondProcess.Verify(places.Bundle, places.Trust);
        foreach (JsonValue stage in opinion.Verdict["stages"]!.Items)
            context.Line(
                $"   {stage["name"]!.AsString(), -12} {(stage["holds"]!.Kind == JsonKind.True ? "holds" : "DOES NOT HOLD")}  ({stage["checked"]} checked)"
            );
        foreach (JsonValue excluded in opinion.Verdict["does_not_exclude"]!.Items)
            context.Line(Tone.Dim, $"   not excluded: {excluded.AsString()}");
        context.Line(
            opinion.ExitCode == 0 ? Tone.Good : Tone.Bad,
            opinion.ExitCode == 0 ? "   the decision holds" : $"   refuted: {opinion.FirstFinding}"
        );
        return opinion.ExitCode == 0;
    }

    private bool Tamper()
    {
        Title("One bit flipped, three times, each in a copy");
        DiskErrors.Writing(places.Tampered, () => Directory.CreateDirectory(places.Tampered));
        string ledger = Path.Combine(places.Tampered, "ledger");
        string bundle = Path.Combine(places.Tampered, "bundle.tessrax.json");
        string policy = Path.Combine(places.Tampered, "policy.tessrax.json");
        return Catch("in the ledger", Tampering.FlipInLedger(places.Ledger, ledger), ledger)
            & Catch(
                "in the bundle: the score that was decided",
                Tampering.FlipInFile(places.Bundle, bundle, "\"value\":\"", 0x01),
                bundle
            )
            & Catch(
                "in the policy: how many people must sign",
                Tampering.FlipInFile(places.Bundle, policy, "\"two-people\":{\"approvals\":[{\"k\":", 0x01),
                policy
            );
    }

    private bool Catch(string where, string what, string path)
    {
        SecondOpinion opinion = SecondProcess.Verify(path, places.Trust);
        bool caught = opinion.ExitCode == CliContext.Refuted;
        context.Line($"   {where}: {what}");
        context.Line(
            caught ? Tone.Good : Tone.Bad,
            caught ? $"      caught: {opinion.FirstFinding}" : "      NOT CAUGHT"
        );
        return caught;
    }

    private void Next(long decision)
    {
        Title("What to try next");
        context.Line(ShellText.Of($"   tessraxctl decisions {places.Ledger} {decision}"));
        context.Line(ShellText.Of($"   tessraxctl log {places.Ledger} --event CONTRADICTION_DETECTED --limit 10"));
        context.Line(ShellText.Of($"   tessraxctl verify {places.Ledger} --trust {places.Trust}"));
        context.Line(ShellText.Of($"   tessraxctl policy show {places.Ledger}"));
        context.Line(Tone.Dim, $"   (its keys open with --passphrase-file {places.Passphrase})");
    }

    private LedgerWriter OpenWriter()
    {
        LedgerKeys keys = new OwnKeys(
            KeyStore.Read(OwnKeys.FirstLogFile(places.Ledger)),
            KeyStore.Read(OwnKeys.FirstAuthorFile(places.Ledger)),
            null,
            []
        ).Unlock(passphrase);
        return LedgerWriter.Open(places.Ledger, keys, Environment);
    }
}
