using System.CommandLine;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Commands.Tokens;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Snapshots;

namespace Tessrax.Cli.Commands;

/// <summary><c>approve</c>: sign a proposal in a ledger, sign a request file elsewhere, or bring such signatures back.</summary>
internal static class ApproveVerb
{
    public static Command Create(CliContext context)
    {
        // A directory, or the file that pending --export wrote: which one decides what is done.
        var where = new LedgerArgument("DIR|FILE")
        {
            TakesUrls = true,
            TakesFiles = true,
            Description = "the ledger, the URL of its server, or a request file from: pending --export",
        };
        var remote = new RemoteOptions();
        Argument<string?> id = new("ID")
        {
            Description = "the proposal, as pending shows it; in a file, all of them if left out",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> import = new("--import")
        {
            Description = "take the signatures that were made elsewhere",
            HelpName = "FILE",
        };
        var output = new OutputFile("where the signatures on a request file go");
        Option<bool> reject = new("--reject") { Description = "vote against it" };
        Option<string?> role = new("--role")
        {
            Description = "the role to sign in, if the key holds several; the first that is asked for if left out",
            HelpName = "ROLE",
        };
        Option<string?> token = TokenGroup.Option();
        var signing = new SigningOptions();
        Option<string?> ledgerPassphrase = new("--ledger-passphrase-file")
        {
            Description = "holds the passphrase of the ledger's own keys, if it is not the same",
            HelpName = "FILE",
        };
        var verb = new Verb(
            "approve",
            "Sign a proposal, or reject it",
            "tessraxctl approve decisions 17 --key alice.key",
            "tessraxctl approve request.json --key alice.key -o approvals.json",
            "tessraxctl approve decisions --import approvals.json",
            "tessraxctl approve https://ledger.example.com 17 --key alice.key --access-key alice.access.key"
        )
        {
            where,
            id,
            import,
            output,
            reject,
            role,
            token,
            ledgerPassphrase,
        };
        signing.AddTo(verb);
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string place = parsed.GetRequiredValue(where);
            long? proposal = ReadId(parsed.GetValue(id));
            string? ledgerFile = parsed.GetValue(ledgerPassphrase) ?? parsed.GetValue(signing.Passphrase);
            bool isElsewhere = !Directory.Exists(place) && File.Exists(place);
            if (parsed.GetValue(token) is not null && (isElsewhere || parsed.GetValue(import) is not null))
                throw ErrorCodes.BadUsage.Because(
                    "--token goes with one proposal of a ledger that is at hand",
                    "what has its approvals and lacks a token is recorded at the ledger: tessraxctl token use"
                );
            if (RemoteLedger.IsMeant(place))
            {
                if (parsed.GetValue(token) is not null)
                    throw ErrorCodes.BadUsage.Because(
                        "--token does not go with a URL",
                        "tokens are used where the ledger lies"
                    );
                if (parsed.GetValue(import) is { } signed)
                {
                    using RemoteLedger server = remote.Open(context, parsed, place, ledgerFile);
                    return new RemoteApproval(context, server).Import(signed);
                }
                using SigningKey own = signing.Open(context, parsed);
                using RemoteLedger there = remote.Open(context, parsed, place, ledgerFile);
                return new RemoteApproval(context, there).Sign(
                    proposal ?? throw WhichProposal(place),
                    own,
                    !parsed.GetValue(reject),
                    parsed.GetValue(role)
                );
            }
            if (parsed.GetValue(import) is { } file)
                return Import(context, place, file, ledgerFile);
            if (isElsewhere)
                return SignElsewhere(
                    context,
                    place,
                    proposal,
                    parsed,
                    signing,
                    !parsed.GetValue(reject),
                    parsed.GetValue(role),
                    output
                );
            if (proposal is not { } index)
                throw WhichProposal(place);
            return SignHere(
                context,
                place,
                index,
                parsed,
                signing,
                !parsed.GetValue(reject),
                parsed.GetValue(role),
                ledgerFile,
                TokenGroup.Read(context, parsed.GetValue(token))
            );
        });
        return verb;
    }

    private static TessraxException WhichProposal(string place) =>
        ErrorCodes.BadUsage.Because(
            "which proposal?",
            ShellText.Of($"tessraxctl pending shows the ids: tessraxctl approve {place} ID --key FILE")
        );

    private static long? ReadId(string? text)
    {
        if (text is null)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long id)
            ? id
            : throw ErrorCodes.BadUsage.Because(
                $"'{text}' is not the id of a proposal",
                "tessraxctl pending shows the ids"
            );
    }

    private static int SignHere(
        CliContext context,
        string ledger,
        long id,
        ParseResult parsed,
        SigningOptions options,
        bool approves,
        string? role,
        string? ledgerPassphrase,
        FreshnessToken? token
    )
    {
        LedgerDirectory.Open(ledger, LedgerSession.Environment(context).Disk);
        using SigningKey key = options.Open(context, parsed);
        using LedgerWriter writer = LedgerSession.OpenWriter(context, ledger, ledgerPassphrase);
        ApprovalRequest request = ApprovalRequest.From(writer.Fold);
        RequestedProposal shown =
            request.Proposals.FirstOrDefault(p => p.Index == id)
            ?? throw ProposalFate.WhyNone(ledger, LedgerSession.Environment(context), id);
        AllowForClock(writer, id);
        context.Notice($"proposal {id}: {ProposalText.Explain(shown.Proposal)}");
        if (shown is { Proposal: { Decision: null } control })
        {
            foreach (string change in ProposalText.Changes(control.Body, writer.Fold.Rules))
                context.Notice($"  {change}");
            if (control.Body.Event is Events.LedgerClosed or Events.LedgerRetired)
                foreach (OpenProposal other in writer.Fold.Proposals.Values.Where(p => p.Index != id))
                    context.Notice(
                        $"  it ends proposal {other.Index} undecided: {ProposalText.Explain(other.Proposal)}"
                    );
        }
        ApprovalRecorded verdict = request.Sign(
            id,
            key.Id,
            approves,
            writer.Now(),
            context.RandomBytes(EntryBody.NonceBytes),
            key.Sign,
            role
        );
        Record(context, writer, verdict, token);
        LedgerSession.Finish(context, writer);
        return 0;
    }

    private static int SignElsewhere(
        CliContext context,
        string file,
        long? id,
        ParseResult parsed,
        SigningOptions options,
        bool approves,
        string? role,
        OutputFile output
    )
    {
        if (output.PathOf(parsed) is not { } signatures)
            throw ErrorCodes.BadUsage.Because(
                "where should the signatures go?",
                "tessraxctl approve FILE --key KEY -o approvals.json"
            );
        output.RequireFree(parsed);
        ApprovalRequest request = context.ReadInput(file, bytes => ApprovalRequest.Parse(bytes));
        // Whoever made the file chose what is in it: nobody closes a ledger by signing all of it.
        if (id is null && approves && request.Proposals.FirstOrDefault(p => p.Proposal.Decision is null) is { } control)
            throw ErrorCodes.BadUsage.Because(
                $"proposal {control.Index} would {ProposalText.Explain(control.Proposal)}",
                "a control event is approved by its id alone: tessraxctl approve FILE ID --key KEY -o approvals.json"
            );
        foreach (RequestedProposal shown in request.Proposals.Where(p => p.Index == id && p.Proposal.Decision is null))
            context.Notice($"proposal {id}: {ProposalText.Explain(shown.Proposal)}");
        using SigningKey key = options.Open(context, parsed);
        UtcTime now = UtcTime.Now(context.Time);
        IEnumerable<long> wanted = id is { } one ? [one] : request.Proposals.Select(p => p.Index);
        ApprovalRecorded[] verdicts =
        [
            .. wanted.Select(index =>
                request.Sign(index, key.Id, approves, now, context.RandomBytes(EntryBody.NonceBytes), key.Sign, role)
            ),
        ];
        output.Write(context, parsed, new SignedApprovals(request.Ledger, verdicts).ToBytes());
        context.WriteJson(() => JsonValue.Object(("signed", verdicts.Length), ("file", signatures)));
        foreach (ApprovalRecorded verdict in verdicts)
        {
            Proposal proposal = request.Proposals.First(p => p.Index == verdict.Proposal).Proposal;
            context.Line(
                $"{(approves ? "approved" : "rejected")} {verdict.Proposal}: {ProposalText.Explain(proposal)}"
            );
        }
        context.Line(
            Tone.Dim,
            ShellText.Of($"next, at the ledger: tessraxctl approve DIR --import {output.PathOf(parsed) ?? "FILE"}")
        );
        return 0;
    }

    private static int Import(CliContext context, string ledger, string file, string? passphrase)
    {
        SignedApprovals approvals = context.ReadInput(file, bytes => SignedApprovals.Parse(bytes));
        using LedgerWriter writer = LedgerSession.OpenWriter(context, ledger, passphrase);
        if (approvals.Ledger != writer.Directory.Id)
            throw ErrorCodes.WrongLedger.Because(
                $"{file} holds approvals for the ledger {approvals.Ledger}, not {writer.Directory.Id}"
            );
        TessraxException? refused = null;
        foreach (ApprovalRecorded verdict in approvals.Verdicts)
        {
            try
            {
                Record(context, writer, verdict);
            }
            catch (TessraxException e) when (e.Code == ErrorCodes.Closed || e.Code == ErrorCodes.AlreadyVoted)
            {
                // One that came too late, or twice, must not keep the others out.
                context.Notice($"skipped {verdict.Proposal}: {e.Code} {e.Message}");
                refused ??= e;
            }
        }
        LedgerSession.Finish(context, writer);
        return refused is null ? 0 : throw refused;
    }

    // A clock that is wrong must not keep anybody from saying so.
    private static void AllowForClock(LedgerWriter writer, long proposal)
    {
        if (
            writer.Fold.Proposals.TryGetValue(proposal, out OpenProposal? open)
            && open.Proposal.Body.Event == Events.ClockAdjusted
        )
            writer.UseBelievedTime();
    }

    private static void Record(
        CliContext context,
        LedgerWriter writer,
        ApprovalRecorded verdict,
        FreshnessToken? token = null
    )
    {
        AllowForClock(writer, verdict.Proposal);
        IReadOnlyList<Receipt> receipts = new ProposalDesk(writer).Record(verdict, token);
        Receipt last = receipts[^1];
        string outcome = VerdictText.Outcome(receipts);
        context.WriteJson(() => VerdictText.ToJson(verdict, receipts).With("size", writer.Fold.Size));
        string role =
            $"{(verdict.Approval.Approves ? "approval" : "rejection")} as {verdict.Approval.Role} recorded at {receipts[0].Entry.Index}";
        if (token is not null && last.Entry.Token is null)
            context.Notice("note: the token was not used: nothing that needs one was recorded");
        if (outcome == "waiting")
        {
            OpenProposal open = writer.Fold.Proposals[verdict.Proposal];
            context.Line(
                $"proposal {verdict.Proposal}: {role}; {ApprovalTally.Of(open, writer.Fold, writer.Now())} so far"
            );
            if (writer.Fold.LacksToken(open, writer.Now()))
                context.Line(
                    ShellText.Of(
                        $"  it has its approvals and waits for a token: tessraxctl token issue {writer.Directory.Path} {verdict.Proposal} --key FILE -o TOKEN"
                    )
                );
            if (writer.Fold.DueAt(open) is { } due)
                context.Line(
                    $"  it may let more through than before, and is not recorded before {due}: then run {ShellText.Of($"tessraxctl settle {writer.Directory.Path}")}"
                );
            return;
        }
        context.Line(
            outcome == "rejected" ? Tone.Warn : Tone.Good,
            $"proposal {verdict.Proposal}: {role}; {outcome} at {last.Entry.Index}"
        );
        if (last.Entry.Body.Event is Events.ApproversChanged or Events.KeyRevoked)
            PolicyFile.WarnOfUnreachable(context, writer.Fold);
        ReportErasure(context, writer);
        foreach (BackupTaken backup in PayloadText.Holding(writer, LedgerSession.Environment(context).Disk, last.Entry))
            context.Line(Tone.Warn, PayloadText.Describe(backup));
        if (writer.Fold.State.Successor is { } successor)
            context.Line($"the ledger is closed; tessraxctl rollover makes its successor {successor.Origin}");
        if (writer.Fold.State.Retired is not null)
            context.Line("the ledger is retired: it is read and verified on, and takes nothing any more");
    }

    private static void ReportErasure(CliContext context, LedgerWriter writer)
    {
        if (new PayloadDesk(writer, LedgerSession.Environment(context).Disk).Finish() is not { } done)
            return;
        context.Line($"  {PayloadText.Describe(done)}");
        if (writer.Fold.OpenControl(Events.PayloadErased) is { } left)
            context.Line(
                Tone.Warn,
                $"  proposal {left.Index} waits: it would {ProposalText.Explain(left.Proposal)} (copies made since)"
            );
    }
}
