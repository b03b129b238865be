using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Node;
using Tessrax.Node.Search;
using Tessrax.Node.Serving;
using Tessrax.Node.Witnessing;
using Tessrax.Server.Access;
using Tessrax.Web;
using Tessrax.Web.Data;
using Tessrax.Web.Pages;

namespace Tessrax.Server.Api;

/// <summary>Pages for people: the ledger in a browser. They need no script, and say nothing that the other addresses do not.</summary>
internal static class PageRoutes
{
    private const string AnyState = "all";
    private const string IconName = "mark.svg";

    public static IEnumerable<ApiRoute> All { get; } =
    [
        Page("/", Ledger, "The newest receipts") with
        {
            Query = [Before, ApiParameter.Text("event", "only those of this event", 64)],
            Errors = [ErrorCodes.Overloaded],
            Scans = call => Given(call.Query.Text("event")) is not null,
        },
        Page("/tail", Tail, "The newest receipts, as they come"),
        Page("/receipts/{index}", Receipt, "A receipt: what it says, who vouches for it, and its proof") with
        {
            Errors = [ErrorCodes.NoSuchEntry],
        },
        Page("/search", Search, "The receipts that match a query") with
        {
            Errors = [ErrorCodes.Overloaded],
            Scans = static _ => true,
            Query = [SearchRoutes.Text, SearchRoutes.Order, ApiParameter.Cursor],
        },
        Page("/decisions", Decisions, "What was decided") with
        {
            AtOnce = 8,
            Scans = DecisionRoutes.HasNoIndex,
            Query =
            [
                ApiParameter.Word("state", "only those that have come so far", [AnyState, .. DecisionStates.All]),
                Before,
            ],
        },
        Page("/decisions/{index}", Decision, "A decision as its story") with
        {
            AtOnce = 2,
            Scans = DecisionRoutes.HasNoIndex,
            Errors = [ErrorCodes.NoSuchEntry, ErrorCodes.Overloaded],
        },
        Page("/contradictions", Contradictions, "Where claims contradict each other") with
        {
            Query =
            [
                // A form sends a field that was left empty, too.
                ApiParameter.Word("state", "only those that have come so far", ["", .. ContradictionStates.All]),
                ApiParameter.Word("severity", "only those that are so grave", ["", .. Words.AllSeverities]),
                Skip,
            ],
        },
        Page("/pending", Pending, "What waits for approvals") with
        {
            Query = [Skip],
        },
        Page("/policies", Policies, "Every policy that was in force"),
        Page("/policies/{at}", Policy, "A policy, and what it says differently from another one") with
        {
            Query = [ApiParameter.Integer("against", "the entry that brought the other one", 0, QueryText.MaxInteger)],
            Errors = [ErrorCodes.NoSuchEntry],
        },
        Page("/operations", Operate, "How the ledger and its server are") with
        {
            AtOnce = 4,
        },
        new ApiRoute("GET", "/favicon.ico", Role.Nobody, Icon)
        {
            Summary = "The pages' icon, for browsers that ask where none is named",
            AnswerTypes = [AssetFile.TypeOf(IconName)],
            Cache = CacheRule.Minute,
        },
        new ApiRoute("GET", "/assets/{hash}/{name}", Role.Nobody, Asset)
        {
            Summary = "Style sheets and scripts of the pages, for ever the same",
            AnswerTypes = AssetFile.ContentTypes,
            Cache = CacheRule.Immutable,
            Errors = [ErrorCodes.NoSuchPage],
        },
    ];

    /// <summary>Makes the first page for nobody, so that its files are packed and its code is compiled, and begins what all the others need: the ledger, folded.</summary>
    public static async Task BeginAsync(ServedLedger ledger, NodeEnvironment environment)
    {
        using (Lease<LedgerMoment> lease = ledger.Moment())
        {
            var site = new SiteFacts("", ledger.Directory.Origin, UtcTime.Now(environment.Clock));
            ReceiptList list = ReceiptList.Read(lease.Value, null, null);
            await PageAnswers.Of<LedgerPage>(site.At(lease.Value), ("List", list));
        }
        ledger.Fold(static _ => true);
    }

    private static ApiParameter Before =>
        ApiParameter.Integer("before", "only those before this index", 0, QueryText.MaxInteger);

    private static ApiParameter Skip => ApiParameter.Integer("skip", "how many to leave out", 0, int.MaxValue, 0);

    private static ApiRoute Page(string path, Answering does, string summary) =>
        new("GET", path, Role.Reader, does)
        {
            Summary = summary,
            AnswerTypes = [BytesAnswer.Html],
            Cache = CacheRule.Fresh,
        };

    private static string? Given(string? text) => text is { Length: > 0 } ? text : null;

    private static async ValueTask<ApiAnswer> Ledger(ApiCall call)
    {
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        ReceiptList list = ReceiptList.Read(
            lease.Value,
            Given(call.Query.Text("event")),
            call.Query.OptionalInteger("before"),
            call.Cancellation
        );
        return await PageAnswers.Of<LedgerPage>(PageAnswers.Site(call).At(lease.Value), ("List", list));
    }

    private static async ValueTask<ApiAnswer> Tail(ApiCall call)
    {
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        ReceiptList list = ReceiptList.Read(lease.Value, null, null);
        return await PageAnswers.Of<TailPage>(PageAnswers.Site(call).At(lease.Value), ("List", list));
    }

    private static async ValueTask<ApiAnswer> Receipt(ApiCall call)
    {
        long index = call.Index("index");
        using Lease<LedgerMoment> lease = call.Ledger.Moment(index + 1);
        ReceiptView view = ReceiptView.Read(call.Ledger, lease.Value, index);
        return await PageAnswers.Of<ReceiptPage>(PageAnswers.Site(call).At(lease.Value), ("View", view));
    }

    private static async ValueTask<ApiAnswer> Search(ApiCall call)
    {
        string text = call.Query.Text("q") ?? "";
        string order = call.Query.Word("order") ?? SearchOrders.Words[0];
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        SiteFacts site = PageAnswers.Site(call).At(lease.Value);
        try
        {
            using Searcher searcher = Searcher.Open(lease.Value.Glance, call.Environment);
            SearchRequest request = SearchRoutes.Asked(call, site.Now) with { Limit = ReceiptList.PageSize };
            SearchAnswer answer = SearchRoutes.Run(call, searcher, request);
            return await PageAnswers.Of<SearchPage>(site, ("Query", text), ("Order", order), ("Answer", answer));
        }
        catch (TessraxException e) when (Problem.StatusOf(e) is 400 or 503)
        {
            // Whoever mistyped goes on typing on the same page.
            ApiAnswer page = await PageAnswers.Of<SearchPage>(site, ("Query", text), ("Order", order), ("Fault", e));
            int status = Problem.StatusOf(e);
            return (BytesAnswer)page with
            {
                Status = status,
                Cache = CacheRule.Never,
                Headers =
                    status == StatusCodes.Status503ServiceUnavailable
                        ? [.. page.Headers, ("Retry-After", "1")]
                        : page.Headers,
            };
        }
    }

    private static async ValueTask<ApiAnswer> Decisions(ApiCall call)
    {
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        DecisionRows list = DecisionRows.Read(
            call.Ledger,
            lease.Value,
            call.Environment,
            call.Query.Word("state"),
            call.Query.OptionalInteger("before")
        );
        return await PageAnswers.Of<DecisionsPage>(PageAnswers.Site(call).At(lease.Value), ("List", list));
    }

    private static async ValueTask<ApiAnswer> Decision(ApiCall call)
    {
        long index = call.Index("index");
        using Lease<LedgerMoment> lease = call.Ledger.Moment(index + 1);
        DecisionView view = DecisionView.Read(call.Ledger, lease.Value, call.Environment, index);
        return await PageAnswers.Of<DecisionPage>(PageAnswers.Site(call).At(lease.Value), ("View", view));
    }

    private static async ValueTask<ApiAnswer> Contradictions(ApiCall call)
    {
        string? state = Given(call.Query.Word("state"));
        string? severity = Given(call.Query.Word("severity"));
        int skipped = (int)call.Query.Integer("skip");
        ContradictionStatus[] wanted = DecisionRoutes.Wanted(call.Ledger, state, severity, null, out long unreadable);
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        return await PageAnswers.Of<ContradictionsPage>(
            PageAnswers.Site(call).At(lease.Value),
            ("Rows", ContradictionRow.All(wanted.Skip(skipped).Take(ContradictionsPage.PageSize), lease.Value.Glance)),
            ("Count", wanted.Length),
            ("Skipped", Math.Min(skipped, wanted.Length)),
            ("Unreadable", unreadable),
            ("State", state),
            ("Severity", severity)
        );
    }

    private static async ValueTask<ApiAnswer> Pending(ApiCall call)
    {
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        SiteFacts site = PageAnswers.Site(call).At(lease.Value);
        int skip = (int)call.Query.Integer("skip");
        return await PageAnswers.Of<PendingPage>(
            site,
            ("List", call.Ledger.Fold(view => PendingList.Read(view, site.Now, skip), lease.Value.Size))
        );
    }

    private static async ValueTask<ApiAnswer> Policies(ApiCall call)
    {
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        return await PageAnswers.Of<PoliciesPage>(
            PageAnswers.Site(call).At(lease.Value),
            ("Rows", call.Ledger.Fold(PolicyRow.All, lease.Value.Size))
        );
    }

    private static async ValueTask<ApiAnswer> Policy(ApiCall call)
    {
        long at = call.Index("at");
        long? against = call.Query.OptionalInteger("against");
        using Lease<LedgerMoment> lease = call.Ledger.Moment(at + 1);
        return await PageAnswers.Of<PolicyPage>(
            PageAnswers.Site(call).At(lease.Value),
            ("View", call.Ledger.Fold(view => PolicyView.Read(view, at, against), at + 1))
        );
    }

    private static async ValueTask<ApiAnswer> Operate(ApiCall call)
    {
        using Lease<LedgerMoment> lease = call.Ledger.Moment();
        SiteFacts site = PageAnswers.Site(call).At(lease.Value);
        Operations view = Operations
            .Read(call.Ledger, lease.Value, call.Environment, site.Now)
            .With(lease.Value, call.Find<WitnessDesk>(), site.Now) with
        {
            AccessFault = call.Get<AccessList>().Fault,
        };
        return await PageAnswers.Of<OperationsPage>(site, ("View", view));
    }

    private static ValueTask<ApiAnswer> Icon(ApiCall call) => new(PageAnswers.Of(call, AssetFiles.Named(IconName)));

    private static ValueTask<ApiAnswer> Asset(ApiCall call)
    {
        AssetFile file =
            AssetFiles.Find(call.Part("hash"), call.Part("name"))
            ?? throw ErrorCodes.NoSuchPage.Because(
                $"there is no file {call.Part("name")} of that content",
                "load the page again: it refers to the present one"
            );
        return new(PageAnswers.Of(call, file));
    }
}
