using System.CommandLine;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Transactions;

namespace Tessrax.Cli.Commands.Tokens;

/// <summary><c>token use DIR ID FILE</c>: records what waited for a token.</summary>
internal static class TokenUse
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Argument<string> id = new("ID")
        {
            Description = "the proposal, or the prepared receipt, that the token is for",
        };
        Argument<string> file = new("FILE") { Description = "the token; - for standard input" };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var verb = new Verb("use", "Record what waited for a token", "tessraxctl token use decisions 17 17.token")
        {
            directory,
            id,
            file,
            passphrase,
        };
        verb.SetAction(parsed =>
        {
            FreshnessToken token = TokenGroup.Read(context, parsed.GetRequiredValue(file))!;
            string text = parsed.GetRequiredValue(id);
            using LedgerWriter writer = LedgerSession.OpenWriter(
                context,
                parsed.GetRequiredValue(directory),
                parsed.GetValue(passphrase)
            );
            NodeEnvironment environment = LedgerSession.Environment(context);
            long index = TransactionToken.TryParse(text) is { } receipt
                ? new TransactionDesk(writer).Commit(receipt, token)
                : Use(writer, ReadId(text), token, environment);
            LedgerSession.Finish(context, writer);
            context.WriteJson(() =>
                JsonValue.Object(("status", "recorded"), ("index", index), ("size", writer.Fold.Size))
            );
            context.Line(Tone.Good, $"{token.Action} recorded at {index}");
            return 0;
        });
        return verb;
    }

    private static long Use(LedgerWriter writer, long proposal, FreshnessToken token, NodeEnvironment environment) =>
        writer.Fold.Proposals.ContainsKey(proposal)
            ? new ProposalDesk(writer).Use(proposal, token)[0].Entry.Index
            : throw ProposalFate.WhyNone(writer.Directory.Path, environment, proposal);

    /// <summary>The id of a proposal.</summary>
    /// <exception cref="TessraxException">TSX1012: no number.</exception>
    public static long ReadId(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long id)
            ? id
            : throw ErrorCodes.BadUsage.Because(
                $"'{text}' is neither a proposal nor a prepared receipt",
                "tessraxctl pending DIR and tessraxctl tx list DIR show what waits"
            );
}
