using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Commands;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;

namespace Tessrax.Cli.Sets;

/// <summary>What the verbs that make sets ask for, and how they tell of what they made.</summary>
internal static class SetOptions
{
    /// <summary>The option that says how many shards there are to be.</summary>
    public static Option<string> Count() =>
        new("--shards")
        {
            Description = $"over how many ledgers the subjects are spread, for ever: {Shard.Fewest} to {Shard.Most}",
            HelpName = "N",
            Required = true,
        };

    /// <summary>Its value.</summary>
    /// <exception cref="TessraxException">TSX1012: no such number.</exception>
    public static int Read(ParseResult parsed, Option<string> count)
    {
        long? given = WholeNumber.Read(parsed, count);
        return given is >= Shard.Fewest and <= Shard.Most
            ? (int)given
            : throw ErrorCodes.BadUsage.Because(
                $"--shards must be a whole number from {Shard.Fewest} to {Shard.Most}, not '{parsed.GetValue(count)}'"
            );
    }

    /// <summary>A shard that was made, for programs.</summary>
    public static JsonValue ToJson(FoundedLedger founded) =>
        JsonValue.Object(
            ("ledger", founded.Id.ToString()),
            ("origin", founded.LogKey.Name),
            ("vkey", founded.LogKey.ToString()),
            ("directory", founded.Directory),
            ("trust", founded.TrustFile is { } file ? JsonValue.String(file) : JsonValue.Null)
        );

    /// <summary>Shards that were made, for people.</summary>
    public static void Tell(CliContext context, IEnumerable<FoundedLedger> founded)
    {
        foreach (FoundedLedger one in founded)
        {
            context.Line($"  {one.Directory}");
            context.Line($"    id    {one.Id}");
            context.Line($"    vkey  {one.LogKey}");
        }
    }
}
