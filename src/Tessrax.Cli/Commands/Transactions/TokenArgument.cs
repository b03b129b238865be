using System.CommandLine;
using Tessrax.Ledger;

namespace Tessrax.Cli.Commands.Transactions;

/// <summary>The token of a prepared receipt, as <c>tx prepare</c> printed it.</summary>
internal sealed class TokenArgument : Argument<string>
{
    public TokenArgument()
        : base("TOKEN")
    {
        Description = "as tx prepare printed it";
    }

    /// <exception cref="TessraxException">TSX1012: no token.</exception>
    public TransactionToken Read(ParseResult parsed)
    {
        string text = parsed.GetRequiredValue(this);
        return TransactionToken.TryParse(text)
            ?? throw ErrorCodes.BadUsage.Because(
                $"'{text}' is no token: it has 32 of 0-9 and a-f",
                "tessraxctl tx list DIR shows the tokens of what waits"
            );
    }
}
