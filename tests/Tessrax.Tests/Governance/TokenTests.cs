using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>A token lets one body in, once, here and now; exactly at each edge.</summary>
public sealed class TokenTests
{
    private readonly FoldLedger ledger = TokenLedger.New();

    [Fact]
    public void What_has_its_approvals_waits_for_its_token()
    {
        long proposal = TokenLedger.Approved(ledger, out Approval[] votes);
        OpenProposal open = ledger.Fold.Proposals[proposal];
        Assert.Null(Kernel.Conclude(ledger.Fold, open, ledger.Now));
        Receipt recorded = ledger.Recorded(proposal, votes);
        Refused(ErrorCodes.TokenMissing, recorded);
        FreshnessToken token = TokenLedger.Issue(ledger, recorded.Entry.Body);
        var intent = Assert.IsType<RecordIntent>(Kernel.Conclude(ledger.Fold, open, ledger.Now, token));
        Assert.Equal(token, intent.Token);
        ledger.Add(TokenLedger.With(recorded, token));
        Verdict verdict = FoldLedger.Verify(ledger.Receipts, ledger.Trust);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Bundle bundle = ledger.Bundle(ledger.Fold.Size - 1);
        Assert.True(BundleVerifier.Verify(bundle.ToBytes(), ledger.Trust, TimeProvider.System).Holds);
        // A log that leaves it out is refuted.
        var bent = ledger.Replaced(recorded);
        Assert.False(FoldLedger.Verify(bent.Receipts, ledger.Trust).Holds);
    }

    [Fact]
    public void What_waits_for_a_token_can_still_be_rejected()
    {
        long proposal = TokenLedger.Approved(ledger, out Approval[] votes);
        ledger.AddVote(proposal, 5, "legal", approves: false);
        Receipt recorded = ledger.Recorded(proposal, votes);
        Refused(
            ErrorCodes.NeedsApproval,
            TokenLedger.With(ledger.Recorded(proposal, votes[..2]), TokenLedger.Issue(ledger, recorded.Entry.Body))
        );
    }

    [Fact]
    public void Own_events_that_the_policy_names_need_one_and_others_may_not_carry_one()
    {
        Receipt pay = TokenLedger.Pay(ledger);
        Refused(ErrorCodes.TokenMissing, pay);
        Assert.Null(ledger.Judge(TokenLedger.With(pay, TokenLedger.Issue(ledger, pay.Entry.Body))));
        Receipt other = ledger.Make("x-own", FoldLedger.Own("no token"));
        Assert.Null(ledger.Judge(other));
        Refused(ErrorCodes.ApprovalsBroken, TokenLedger.With(other, TokenLedger.Issue(ledger, other.Entry.Body)));
        // What the policy decides by itself needs none.
        Tessrax.Contradictions.GroupKey low = ledger.Contradict("A", 9.0, 9.1);
        Assert.Null(ledger.Judge(ledger.Make(Events.DecisionRecorded, ledger.Decision(low).ToJson())));
        // Nor does the short way for own events let one in without it.
        Receipt unnoticed = TokenLedger.Pay(ledger);
        Assert.True(new EntryScanner().TryScan(unnoticed.Leaf.Span, out ScannedEntry scanned));
        Assert.False(TokenLedger.Opened(ledger).TryApply(scanned, unnoticed.Leaf.Span));
    }

    [Fact]
    public void It_is_for_one_ledger_body_event_and_key()
    {
        Receipt pay = TokenLedger.Pay(ledger);
        Digest other = FoldLedger.SecondAuthor.PublicKey.Id;
        Bent(ErrorCodes.WrongLedger, t => t with { Ledger = other });
        Bent(ErrorCodes.TokenNotFor, t => t with { Audience = other });
        Bent(ErrorCodes.TokenOtherBody, t => t with { Action = "x-own" });
        Bent(ErrorCodes.TokenOtherBody, t => t with { Body = other });
        Bent(ErrorCodes.TokenNotFor, t => t, approver: 1);
        Bent(ErrorCodes.BadSignature, t => t with { Key = KeyLedger.Id(4) });
        Bent(ErrorCodes.BadSignature, t => t, signed: m => [.. m, 0]);
        // What an approval would sign is not what a token does.
        Bent(
            ErrorCodes.BadSignature,
            t => t,
            signed: m => [.. "tessrax/approval/v1\n"u8, .. m["tessrax/token/v1\n".Length..]]
        );
        Assert.Null(ledger.Judge(TokenLedger.With(pay, TokenLedger.Issue(ledger, pay.Entry.Body, approver: 4))));

        void Bent(
            ErrorCode code,
            Func<FreshnessToken, FreshnessToken> change,
            int approver = 5,
            Func<byte[], byte[]>? signed = null
        ) => Refused(code, TokenLedger.With(pay, TokenLedger.Issue(ledger, pay.Entry.Body, change, approver, signed)));
    }

    [Fact]
    public void Nobody_issues_one_for_their_own_key()
    {
        FoldLedger own = TokenLedger.New(g =>
            g with
            {
                Keys =
                [
                    .. g.Keys.Select(k =>
                        k.Purpose == KeyPurpose.Author || k.Name == "approver-5" ? k with { Person = "eve" } : k
                    ),
                ],
            }
        );
        Receipt pay = TokenLedger.Pay(own);
        KeyLedger.Refused(own, ErrorCodes.TokenNotFor, TokenLedger.With(pay, TokenLedger.Issue(own, pay.Entry.Body)));
        FreshnessToken others = TokenLedger.Issue(own, pay.Entry.Body, approver: 4);
        Assert.Null(own.Judge(TokenLedger.With(pay, others)));
    }

    [Fact]
    public void Its_time_begins_a_skew_early_and_ends_at_its_last_microsecond()
    {
        Receipt pay = TokenLedger.Pay(ledger);
        UtcTime noon = ledger.Now;
        var skew = TimeSpan.FromSeconds(Windows.Default.SkewSeconds);
        var tick = TimeSpan.FromMicroseconds(1);
        At(ErrorCodes.TokenOutsideTime, noon + skew + tick);
        At(null, noon + skew);
        At(null, noon);
        At(null, noon + (-TokenLedger.Valid));
        At(ErrorCodes.TokenOutsideTime, noon + (-TokenLedger.Valid) + (-tick));
        // As long as the policy says, and not a microsecond longer.
        Bent(null, t => t with { ExpiresAt = t.IssuedAt });
        Bent(ErrorCodes.TokenOutsideTime, t => t with { ExpiresAt = t.ExpiresAt + tick });
        Bent(ErrorCodes.TokenOutsideTime, t => t with { ExpiresAt = t.IssuedAt + (-tick) });

        void At(ErrorCode? code, UtcTime issued) =>
            Bent(code, t => t with { IssuedAt = issued, ExpiresAt = issued + TokenLedger.Valid });

        void Bent(ErrorCode? code, Func<FreshnessToken, FreshnessToken> change) =>
            Assert.Equal(
                code,
                ledger.Judge(TokenLedger.With(pay, TokenLedger.Issue(ledger, pay.Entry.Body, change)))?.Code
            );
    }

    [Fact]
    public void It_is_for_exactly_the_indexes_that_it_names()
    {
        Receipt pay = TokenLedger.Pay(ledger);
        long at = ledger.Fold.Size;
        Bent(null, at, at);
        Bent(ErrorCodes.TokenOutsideSize, at + 1, at + 1);
        Bent(null, at - 9, at);
        Bent(ErrorCodes.TokenOutsideSize, at - 9, at - 1);
        Bent(ErrorCodes.TokenOutsideSize, at, at - 1);
        Bent(null, at, at + TokenLedger.Entries - 1);
        Bent(ErrorCodes.TokenOutsideSize, at, at + TokenLedger.Entries);

        void Bent(ErrorCode? code, long from, long to)
        {
            FreshnessToken token = TokenLedger.Issue(
                ledger,
                pay.Entry.Body,
                t => t with { From = Math.Max(0, from), To = to }
            );
            Assert.Equal(code, ledger.Judge(TokenLedger.With(pay, token))?.Code);
        }
    }

    [Fact]
    public void It_serves_once_across_restarts_and_epochs_and_is_kept_until_it_could_not_serve()
    {
        Receipt pay = TokenLedger.Pay(ledger);
        FreshnessToken token = TokenLedger.Issue(ledger, pay.Entry.Body);
        ledger.Add(TokenLedger.With(pay, token));
        // The same nonce for another body, by the same issuer; and by another one, whose own scope it is.
        Receipt again = TokenLedger.Pay(ledger);
        FreshnessToken same = TokenLedger.Issue(ledger, again.Entry.Body, t => t with { Nonce = token.Nonce });
        Refused(ErrorCodes.NonceReused, TokenLedger.With(again, same));
        Assert.Null(
            ledger.Judge(
                TokenLedger.With(
                    again,
                    TokenLedger.Issue(ledger, again.Entry.Body, t => t with { Nonce = token.Nonce }, approver: 4)
                )
            )
        );
        ledger.Add(ledger.Epoch());
        LedgerFold opened = TokenLedger.Opened(ledger);
        Assert.Equal(ErrorCodes.NonceReused, opened.Judge(Replayed(), out _)?.Code);
        ledger.Now = token.ExpiresAt + TimeSpan.FromSeconds(Windows.Default.SkewSeconds);
        Assert.Equal(ErrorCodes.NonceReused, opened.Judge(Replayed(), out _)?.Code);

        Receipt Replayed()
        {
            Receipt fresh = TokenLedger.Pay(ledger);
            FreshnessToken replayed = TokenLedger.Issue(
                ledger,
                fresh.Entry.Body,
                t => t with { Nonce = token.Nonce, ExpiresAt = t.IssuedAt }
            );
            Receipt receipt = TokenLedger.With(fresh, replayed);
            return Receipt.Create(
                receipt.Entry with
                {
                    Epoch = opened.State.Epoch,
                    Gov = opened.State.Reference,
                    Index = opened.Size,
                },
                receipt.Payload,
                receipt.Salt.Span
            );
        }
    }

    [Fact]
    public void A_clock_that_is_set_back_and_a_key_that_ends_make_it_void()
    {
        Receipt pay = TokenLedger.Pay(ledger);
        FreshnessToken token = TokenLedger.Issue(ledger, pay.Entry.Body);
        var revoked = new KeyRevoked(KeyLedger.Id(4), KeyEnd.Lost, null, "lost");
        long proposal = ledger.Add(KeyLedger.Propose(ledger, Events.KeyRevoked, revoked.ToControl())).Entry.Index;
        Approval[] votes =
        [
            ledger.AddVote(proposal, 1),
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 3),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        Receipt recorded = ledger.RecordedControl(proposal, votes);
        Refused(ErrorCodes.TokenMissing, recorded);
        ledger.Add(TokenLedger.With(recorded, TokenLedger.Issue(ledger, recorded.Entry.Body, approver: 4)));
        Receipt placed = TokenLedger.Placed(ledger, pay, TokenLedger.Issue(ledger, pay.Entry.Body, approver: 4));
        Refused(ErrorCodes.KeyEnded, placed);
        Assert.Null(ledger.Judge(TokenLedger.Placed(ledger, pay, token)));
    }

    [Fact]
    public void Somebody_is_always_left_who_can_issue_those_of_control_events()
    {
        // No ledger begins without, no policy comes that asks for what nobody holds, and the last holder does not go.
        Assert.Equal(
            ErrorCodes.TooFewHolders,
            Assert
                .Throws<TessraxException>(() =>
                    TokenLedger.New(g => g with { Keys = [.. g.Keys.Where(k => !k.Roles.Contains("legal"))] })
                )
                .Code
        );
        TokenLedger.New(g => g with { Keys = [.. g.Keys.Where(k => k.Purpose != KeyPurpose.Approver)] });
        Policy strange = PolicyLedger.Edited(
            "1.1.0",
            ("tessrax/policy/v1", "tessrax/policy/v2"),
            ("\"version\":", "\"tokens\":{\"*\":{\"entries\":10,\"role\":\"duty\",\"valid\":\"PT10M\"}},\"version\":")
        );
        var plain = new FoldLedger();
        JsonValue upgrade = PolicyLedger.Upgrade(plain, strange).ToControl();
        KeyLedger.Refused(plain, ErrorCodes.TooFewHolders, KeyLedger.Propose(plain, Events.PolicyUpgraded, upgrade));
        JsonValue gone = KeyLedger.Changed(remove: [KeyLedger.Id(4), KeyLedger.Id(5)]).ToControl();
        Refused(ErrorCodes.TooFewHolders, KeyLedger.Propose(ledger, Events.ApproversChanged, gone));
        JsonValue one = KeyLedger.Changed(remove: [KeyLedger.Id(4)]).ToControl();
        Assert.Null(ledger.Judge(KeyLedger.Propose(ledger, Events.ApproversChanged, one)));
    }

    [Fact]
    public void The_largest_entry_has_room_for_it()
    {
        const int seal = 16 * 48 + 256;
        Assert.True(
            EntryBody.MaxBytes + Approval.MaxBytes + FreshnessToken.MaxBytes + seal + 512 < Entry.MaxBytes,
            "body, approvals, token and seal together"
        );
        FreshnessToken longest = TokenLedger.Issue(
            ledger,
            TokenLedger.Pay(ledger).Entry.Body,
            t => t with { Action = "x-" + new string('a', 62), From = IndexRanges.Last, To = IndexRanges.Last }
        );
        Assert.InRange(longest.ToBytes().Length, 600, FreshnessToken.MaxBytes);
        Assert.Equal(longest, FreshnessToken.Parse(longest.ToBytes()));
        Assert.Equal(
            ErrorCodes.TooLarge,
            Assert.Throws<TessraxException>(() => FreshnessToken.Parse(new byte[FreshnessToken.MaxBytes + 1])).Code
        );
    }

    private void Refused(ErrorCode code, Receipt receipt) => KeyLedger.Refused(ledger, code, receipt);
}
