using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Reading;
using Tessrax.Node.Transactions;

namespace Tessrax.Cli.Commands.Tokens;

/// <summary><c>token issue DIR ID --key FILE</c>: needs neither the ledger's lock nor its keys.</summary>
internal static class TokenIssue
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Argument<string> id = new("ID")
        {
            Description = "what it is for: a proposal, as pending shows it, or a prepared receipt, as tx list does",
        };
        Option<string?> valid = new("--valid")
        {
            Description = "how long it is valid, as PT5M or P1D; as long as the policy allows if left out",
            HelpName = "DURATION",
        };
        Option<long?> entries = new("--entries")
        {
            Description = "for how many indexes, from the next one on; as many as the policy allows if left out",
            HelpName = "N",
        };
        var output = new OutputFile("the token; - for standard output", required: true);
        var signing = new SigningOptions();
        var verb = new Verb(
            "issue",
            "Sign that a proposal or a prepared receipt may be recorded now",
            "tessraxctl token issue decisions 17 --key carol.key -o 17.token",
            "tessraxctl token issue decisions 0123456789abcdef0123456789abcdef --key carol.key --valid PT5M --entries 10 -o pay.token"
        )
        {
            directory,
            id,
            valid,
            entries,
            output,
        };
        signing.AddTo(verb);
        verb.SetAction(parsed =>
        {
            output.RequireFree(parsed);
            NodeEnvironment environment = LedgerSession.Environment(context);
            using LedgerView view = LedgerView.Open(parsed.GetRequiredValue(directory), environment.Disk);
            EntryBody body = BodyOf(view, environment, parsed.GetRequiredValue(id));
            TimeSpan? length = Duration(parsed.GetValue(valid));
            using SigningKey key = signing.Open(context, parsed);
            FreshnessToken token = new TokenIssuer(view.Fold, key.Id, key.Sign).Issue(
                body,
                UtcTime.Max(UtcTime.Now(context.Time), view.Fold.LastRecordedAt),
                length,
                parsed.GetValue(entries),
                context.RandomBytes(EntryBody.NonceBytes)
            );
            if (output.PathOf(parsed) is not { } path)
            {
                context.Raw(token.ToBytes());
                return 0;
            }
            output.Write(context, parsed, token.ToBytes());
            TokenGroup.Show(context, token);
            context.Line(
                Tone.Dim,
                ShellText.Of(
                    $"next, at the ledger: tessraxctl token use {view.Directory.Path} {parsed.GetRequiredValue(id)} {path}"
                )
            );
            return 0;
        });
        return verb;
    }

    private static EntryBody BodyOf(LedgerView view, NodeEnvironment environment, string text)
    {
        if (TransactionToken.TryParse(text) is { } receipt)
            return new TransactionView(view, environment).BodyOf(receipt);
        long proposal = TokenUse.ReadId(text);
        return view.Fold.Proposals.TryGetValue(proposal, out OpenProposal? open)
            ? open.Proposal.Body
            : throw ProposalFate.WhyNone(view.Directory.Path, environment, proposal);
    }

    private static TimeSpan? Duration(string? text)
    {
        if (text is null)
            return null;
        return IsoDuration.TryParseToSeconds(text, out TimeSpan duration)
            ? duration
            : throw ErrorCodes.BadUsage.Because(
                $"--valid needs a duration, not '{text}'",
                "for example PT90S, PT30M, PT12H or P7D"
            );
    }
}
