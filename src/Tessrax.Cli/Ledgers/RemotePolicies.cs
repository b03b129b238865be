using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>The policies of a ledger behind a server, each as the entry holds it that brought it into force. That no other did, is the server's word.</summary>
internal sealed class RemotePolicies(RemoteLedger there)
{
    /// <summary>What whoever is told of them is to know.</summary>
    public const string Word = "that no other entry brought a policy into force is the server's word";

    /// <summary>The events that bring a policy into force, after genesis.</summary>
    public static readonly string[] Bringing = [Events.PolicyUpgraded, Events.PolicyRolledBack];

    /// <summary>All that were in force, with their entries, the oldest first. One at least.</summary>
    /// <exception cref="TessraxException">TSX6040: an entry is not what the server says.</exception>
    public IReadOnlyList<(PolicyInForce Policy, Entry Entry)> All()
    {
        long size = there.Checkpoint().Head.Size;
        return
        [
            .. there
                .Oldest(1, size, Bringing)
                .Select(receipt => receipt.Entry)
                .Prepend(there.Receipt(0).Receipt.Entry)
                .Select(entry => (new PolicyInForce(PolicyInForce.BroughtBy(entry.Body).Pin, entry.Index), entry)),
        ];
    }

    /// <summary>The one in force.</summary>
    /// <exception cref="TessraxException">As <see cref="All"/>.</exception>
    public Policy InForce()
    {
        Receipt brings =
            there.Newest(there.Checkpoint().Head.Size, Bringing, 1).FirstOrDefault() ?? there.Receipt(0).Receipt;
        return PolicyInForce.BroughtBy(brings.Entry.Body);
    }
}
