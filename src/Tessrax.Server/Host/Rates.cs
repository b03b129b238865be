namespace Tessrax.Server.Host;

/// <summary>How many requests a second each may send, by what they ask for; as many may come at once.</summary>
/// <param name="Reader">2,000: a mirror that reads a ledger is no attack, one client that takes both cores is.</param>
/// <param name="Submitter">10,000: less than what the ledger appends, so that one program leaves room for others.</param>
/// <param name="Approver">20: people approve.</param>
/// <param name="Operator">50: programs that watch, and people.</param>
/// <param name="SignIn">1, by address: nobody guesses 128 bits, and nobody is to try.</param>
internal sealed record Rates(int Reader, int Submitter, int Approver, int Operator, int SignIn)
{
    public static Rates Default { get; } = new(2000, 10_000, 20, 50, 1);
}
