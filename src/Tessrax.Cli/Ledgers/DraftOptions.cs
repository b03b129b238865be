using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Ledgers;

/// <summary>The options that say what one receipt is to hold, and the draft that they make.</summary>
internal sealed class DraftOptions
{
    private readonly Option<string> name = new("--event")
    {
        Description = "CLAIMS_RECORDED, STATE_AUDITED, or one of your own that begins with x-",
        HelpName = "E",
        Required = true,
    };

    private readonly Option<string> payload = new("--payload")
    {
        Description = "the payload as JSON; - for standard input",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string?> state = new("--state")
    {
        Description = "digest of the state outside that an x- event speaks of",
        HelpName = "DIGEST",
    };

    private readonly Option<bool> attested = new("--attested")
    {
        Description = "let the log vouch for an x- event by its checkpoint alone, without an author's signature",
    };

    private readonly Option<bool> seal = new("--seal")
    {
        Description = "let the author's key sign a batch of this one body, a seal, as ingest --seal does for many",
    };

    public void AddTo(Verb verb)
    {
        verb.Add(name);
        verb.Add(payload);
        verb.Add(state);
        verb.Add(attested);
        verb.Add(seal);
    }

    /// <summary>The draft.</summary>
    /// <exception cref="TessraxException">TSX1012, TSX1016, TSX1017, or what is wrong with the payload.</exception>
    public Draft Read(CliContext context, ParseResult parsed) =>
        Make(
            context,
            parsed.GetRequiredValue(name),
            parsed.GetRequiredValue(payload),
            parsed.GetValue(state),
            VoucherOf(parsed)
        );

    private VoucherKind VoucherOf(ParseResult parsed) =>
        (parsed.GetValue(attested), parsed.GetValue(seal)) switch
        {
            (true, true) => throw ErrorCodes.BadUsage.Because(
                "--attested does not go with --seal",
                "with one the log vouches for the event, with the other its author"
            ),
            (true, _) => VoucherKind.Log,
            (_, true) => VoucherKind.Seal,
            _ => VoucherKind.Author,
        };

    private static Draft Make(CliContext context, string name, string file, string? state, VoucherKind by)
    {
        if (!Events.IsKnown(name) && !Events.IsControl(name))
            throw ErrorCodes.UnknownEvent.Because($"the event '{name}' is not known");
        bool byHand = Events.IsOwn(name) || name is Events.ClaimsRecorded or Events.StateAudited;
        if (!byHand)
            throw ErrorCodes.NotAppendable.Because($"{name} cannot be appended by hand");
        if (state is not null && !Events.IsOwn(name))
            throw ErrorCodes.BadUsage.Because(
                $"--state does not go with {name}",
                "the state of STATE_AUDITED is a member of its payload"
            );
        if (by == VoucherKind.Log && !Events.MayBeAttested(name))
            throw ErrorCodes.BadUsage.Because(
                $"--attested does not go with {name}",
                "the log alone vouches for events that begin with x-; all others need their author's signature"
            );
        JsonValue given = Parse(context, file);
        JsonValue payload = Events.IsOwn(name)
            ? new OwnEvent(given, state is null ? null : Digest.Parse(state)).ToJson()
            : given;
        // The record is read and written again, so that what is recorded is exactly what its schema says.
        object record = EventPayloads.Read(name, payload);
        return new Draft
        {
            Event = name,
            By = by,
            Payload = FrozenPayload.From(record is ClaimsRecorded claims ? claims.ToJson() : payload),
        };
    }

    private static JsonValue Parse(CliContext context, string file)
    {
        try
        {
            return JsonValue.Parse(context.ReadInput(file, Receipt.MaxPayloadBytes * 2));
        }
        catch (TessraxException e) when (e.Code.Number < 1100)
        {
            throw new TessraxException(e.Code, $"{file}: {e.Message}", e.Hint, e) { Path = e.Path };
        }
    }
}
