using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Server.Api;

namespace Tessrax.Server.Access;

/// <summary>Judges request tokens, in the order that spec/server.md gives.</summary>
internal sealed class TokenJudge
{
    private static readonly TimeSpan Past = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(30);

    private readonly AccessList list;
    private readonly Digest ledger;
    private readonly ServerRun run;
    private readonly TimeProvider clock;
    private readonly NonceWindow nonces;

    public TokenJudge(AccessList list, Digest ledger, ServerRun run, TimeProvider clock)
    {
        (this.list, this.ledger, this.run, this.clock) = (list, ledger, run, clock);
        nonces = new NonceWindow(clock, Past + Ahead);
    }

    /// <summary>Judges all of a token but the body's digest, and uses its nonce up.</summary>
    /// <exception cref="TessraxException">TSX6010 to TSX6017: it does not count.</exception>
    public Admission Judge(string text, string method, string target)
    {
        AccessToken token = AccessToken.Parse(text);
        if (token.Ledger != ledger)
            throw ErrorCodes.OtherAudience.Because($"the token is for the ledger {token.Ledger}, this one is {ledger}");
        if (token.Server != run.Text)
            throw ErrorCodes.OtherRun.Because("the token is for another run of this server");
        AccessKey key = list.Require(token.Key, one => token.IsSignedBy(one.Key));
        if (token.Method != method || token.Target != target)
            throw ErrorCodes.OtherRequest.Because(
                $"the token is for {token.Method} {token.Target}, the request is {method} {target}"
            );
        RequireTime(token.IssuedAt);
        if (!token.IsSignedBy(key.Key))
            throw ErrorCodes.AccessSignature.Because($"the key {key.Name} did not sign the token");
        if (!nonces.TryUse(token.Key, Convert.FromBase64String(token.Nonce)))
            throw ErrorCodes.TokenUsed.Because("the token has been used already");
        return new Admission(
            new Principal(key.Name, token.Key, key.Roles) { CountsStill = () => list.Find(token.Key) is not null },
            body =>
            {
                if (body != token.Body)
                    throw ErrorCodes.OtherRequest.Because("the body is not the one that the token was signed for");
            }
        );
    }

    private void RequireTime(UtcTime issued)
    {
        UtcTime now = UtcTime.Now(clock);
        if (now - issued > Past || issued - now > Ahead)
            throw ErrorCodes.TokenTime.Because(
                $"the token is of {issued}, and here it is {now}",
                "set the clock, or take the server's from the answer's Date header"
            );
    }
}
