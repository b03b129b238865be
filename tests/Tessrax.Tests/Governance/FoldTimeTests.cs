using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>Windows to the microsecond, time that never runs backwards, and nonces until they are forgotten.</summary>
public sealed class FoldTimeTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMicroseconds(1);
    private static readonly Windows Short = new(BodySeconds: 7 * 24 * 3600, SkewSeconds: 300);
    private readonly FoldLedger ledger = new(Short);

    [Fact]
    public void Accepts_a_body_at_both_edges_of_its_window_and_not_a_microsecond_beyond()
    {
        UtcTime now = ledger.Now;
        Assert.Null(Judge(b => b with { IssuedAt = now }));
        Refused(ErrorCodes.OutsideWindow, b => b with { IssuedAt = now + Tick });
        Assert.Null(Judge(b => b with { IssuedAt = now + -Tick, ExpiresAt = now }));
        Refused(
            ErrorCodes.OutsideWindow,
            b => b with { IssuedAt = now + -FoldLedger.Validity, ExpiresAt = now + -Tick }
        );
    }

    [Fact]
    public void Accepts_the_longest_window_and_refuses_one_longer_or_turned_around()
    {
        UtcTime now = ledger.Now;
        var longest = TimeSpan.FromSeconds(Short.BodySeconds);
        Assert.Null(Judge(b => b with { ExpiresAt = now + longest }));
        Refused(ErrorCodes.OutsideWindow, b => b with { ExpiresAt = now + longest + Tick });
        Assert.Null(Judge(b => b with { ExpiresAt = now }));
        Refused(ErrorCodes.OutsideWindow, b => b with { IssuedAt = now, ExpiresAt = now + -Tick });
    }

    [Fact]
    public void Refuses_time_that_runs_backwards_but_not_time_that_stands_still()
    {
        UtcTime then = ledger.Now;
        ledger.Now = then + Tick;
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("one")));
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("same time")));
        ledger.Now = then;
        Assert.Equal(ErrorCodes.TimeBroken, ledger.Judge(ledger.Make("x-own", FoldLedger.Own("earlier")))?.Code);
    }

    [Fact]
    public void Refuses_a_nonce_again_with_the_same_body_and_with_another()
    {
        Receipt first = ledger.Add(ledger.Make("x-own", FoldLedger.Own("one")));
        string nonce = first.Entry.Body.Nonce;
        Receipt same = ledger.Place(first.Entry.Body, FoldLedger.Author, first.Payload, first.Salt.ToArray());
        Assert.Equal(ErrorCodes.NonceReused, ledger.Judge(same)?.Code);
        Assert.Equal(1, ledger.Fold.FindNonce(first.Entry.Body));
        Receipt other = ledger.Make("x-own", FoldLedger.Own("two"), body: b => b with { Nonce = nonce });
        Assert.Equal(ErrorCodes.NonceReused, ledger.Judge(other)?.Code);
        Assert.Equal(1, ledger.Fold.FindNonce(other.Entry.Body));
    }

    [Fact]
    public void Lets_nobody_burn_anothers_nonce()
    {
        string nonce = ledger.Add(ledger.Make("x-own", FoldLedger.Own("one"))).Entry.Body.Nonce;
        Receipt other = ledger.Make(
            "x-own",
            FoldLedger.Own("two"),
            body: b => b with { Nonce = nonce, By = b.By with { Key = FoldLedger.SecondAuthor.PublicKey.Id } },
            signer: FoldLedger.SecondAuthor
        );
        Assert.Null(ledger.Judge(other));
        ledger.AddClaims(FoldLedger.Claim("a1", "A", 1, "s1"), FoldLedger.Claim("a2", "A", 9, "s2"));
        JsonValue found = ledger.Fold.Claims.Detect(FoldLedger.Key("A"))!.ToJson();
        Assert.Null(
            ledger.Judge(
                ledger.Make(Events.ContradictionDetected, found, VoucherKind.Log, b => b with { Nonce = nonce })
            )
        );
    }

    [Fact]
    public void Forgets_a_nonce_only_after_its_expiry_and_the_skew()
    {
        Receipt first = ledger.Add(ledger.Make("x-own", FoldLedger.Own("one")));
        UtcTime kept = first.Entry.Body.ExpiresAt + TimeSpan.FromSeconds(Short.SkewSeconds);
        ledger.Now = kept;
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("at the edge")));
        Assert.NotNull(ledger.Fold.FindNonce(first.Entry.Body));
        ledger.Now = kept + Tick;
        ledger.Add(ledger.Make("x-own", FoldLedger.Own("beyond")));
        Assert.Null(ledger.Fold.FindNonce(first.Entry.Body));
        // The forgotten body itself is refused for its age.
        Receipt replayed = ledger.Place(first.Entry.Body, FoldLedger.Author, first.Payload, first.Salt.ToArray());
        Assert.Equal(ErrorCodes.OutsideWindow, ledger.Judge(replayed)?.Code);
    }

    [Fact]
    public void Keeps_the_nonce_of_a_proposed_body_for_its_decision_alone()
    {
        long open = ledger.Propose(ledger.Contradict("C", 9, 6.5));
        EntryBody proposed = ledger.Fold.Proposals[open].Proposal.Body;
        Receipt thief = ledger.Make("x-own", FoldLedger.Own("mine"), body: b => b with { Nonce = proposed.Nonce });
        Assert.Equal(ErrorCodes.NonceReused, ledger.Judge(thief)?.Code);
        Approval vote = ledger.AddVote(open, 1);
        Receipt decision = ledger.Recorded(open, vote);
        ledger.Add(decision);
        Receipt again = Receipt.Create(
            decision.Entry with
            {
                Index = ledger.Fold.Size,
            },
            decision.Payload,
            decision.Salt.Span
        );
        Assert.Equal(ErrorCodes.NonceReused, ledger.Judge(again)?.Code);
    }

    [Fact]
    public void Refuses_to_propose_a_body_whose_nonce_is_taken()
    {
        string nonce = ledger.Add(ledger.Make("x-own", FoldLedger.Own("one"))).Entry.Body.Nonce;
        GroupKey key = ledger.Contradict("C", 9, 6.5);
        JsonValue taken = ledger.Proposal(key, b => b with { Nonce = nonce }).ToJson();
        Assert.Equal(ErrorCodes.NonceReused, ledger.Judge(ledger.Make(Events.DecisionProposed, taken))?.Code);
        Proposal proposal = ledger.Proposal(key);
        Receipt same = ledger.Make(
            Events.DecisionProposed,
            proposal.ToJson(),
            body: b => b with { Nonce = proposal.Body.Nonce }
        );
        Assert.Equal(ErrorCodes.NonceReused, ledger.Judge(same)?.Code);
    }

    private Refusal? Judge(Func<EntryBody, EntryBody> change) =>
        ledger.Judge(ledger.Make("x-own", FoldLedger.Own("hello"), body: change));

    private void Refused(ErrorCode code, Func<EntryBody, EntryBody> change)
    {
        Refusal? refusal = Judge(change);
        Assert.Equal((Aspect.Time, code), (refusal?.Aspect, refusal?.Code));
    }
}
