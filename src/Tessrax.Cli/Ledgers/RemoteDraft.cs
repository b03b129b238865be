using Tessrax.Client;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Ledgers;

/// <summary>What a server makes an entry of.</summary>
internal static class RemoteDraft
{
    /// <exception cref="TessraxException">TSX6020: a server makes no entry of that.</exception>
    public static OwnAppend Of(Draft draft)
    {
        if (!Events.IsOwn(draft.Event) || draft.By == VoucherKind.Seal)
            throw ErrorCodes.DoneAtTheLedger.Because(
                "a server takes events that begin with x-, and seals none",
                "ingest takes claims; all else is appended where the ledger lies"
            );
        var own = (OwnEvent)EventPayloads.Read(draft.Event, draft.Payload!.Root);
        return new OwnAppend(draft.Event, own.Data) { State = own.State, ByAuthor = draft.By == VoucherKind.Author };
    }
}
