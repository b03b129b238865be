using Tessrax.Cli.Terminal;
using Tessrax.Client;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>The entries of a ledger behind a server, as <c>log</c> lists those of a directory; each of them is verified.</summary>
internal sealed class RemoteLog
{
    private readonly CliContext context;
    private readonly RemoteLedger there;
    private readonly EntryWish wish;
    private readonly VerifiedCheckpoint now;
    private readonly LogList list;

    public RemoteLog(CliContext context, RemoteLedger there, EntryWish wish, TimeForm form)
    {
        (this.context, this.there, this.wish) = (context, there, wish);
        now = there.Checkpoint();
        list = new LogList(context, now.Hasher, form, null, isTold: true);
    }

    private IEnumerable<Receipt> Wanted => wish.Of(there, now.Head.Size);

    public void Print(bool oneLine)
    {
        list.Print(Wanted, oneLine);
        TellUncovered();
    }

    public void Draw(bool oneLine)
    {
        list.PrintGraph(Wanted, oneLine);
        TellUncovered();
    }

    private void TellUncovered()
    {
        if (there.Uncovered() is { } told)
            context.Notice(
                $"witnesses have cosigned {now.Head.Size} of the {told} entries that the server tells of; newer ones are not shown"
            );
    }

    /// <summary>Prints those that are there, and then each as it comes, until interrupted.</summary>
    public void Follow(bool oneLine)
    {
        context.NoPager = true;
        Grid? above = list.Follow(Wanted, oneLine, null);
        context.Flush();
        RemoteLedger.Await(
            there.Client.FollowAsync(
                now.Head.Size,
                come =>
                {
                    Receipt receipt = come.Receipt;
                    if (wish.Events.Length > 0 && !wish.Events.Contains(receipt.Entry.Body.Event))
                        return;
                    above = list.Follow([receipt], oneLine, above);
                    context.Flush();
                },
                away => context.Notice($"{away.Code} {away.Message}; it is asked again"),
                context.Cancellation
            )
        );
    }
}
