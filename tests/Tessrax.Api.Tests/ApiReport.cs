using System.Text;

namespace Tessrax.Api.Tests;

/// <summary>How much of the packages a run has covered.</summary>
internal sealed class ApiReport
{
    private readonly ApiFuzzRun run;

    public ApiReport(ApiFuzzRun run)
    {
        this.run = run;
        Uncovered =
        [
            .. run.Members.Where(member =>
                !run.Tallies[member].Covers(member)
                && !ApiSeeds.IsFuzzed(member)
                && !ApiExceptions.All.ContainsKey(member.Name)
            ),
        ];
        Stale = [.. ApiExceptions.All.Keys.Except(ApiSurface.Members.Select(member => member.Name))];
        NoException =
        [
            .. run
                .Members.Where(member =>
                    ApiExceptions.All.ContainsKey(member.Name) && run.Tallies[member].Covers(member)
                )
                .Select(member => member.Name),
        ];
    }

    /// <summary>Neither covered nor named.</summary>
    public IReadOnlyList<ApiMember> Uncovered { get; }

    /// <summary>Named, but there is no such member.</summary>
    public IReadOnlyList<string> Stale { get; }

    /// <summary>Named, but covered after all.</summary>
    public IReadOnlyList<string> NoException { get; }

    /// <summary>A table with a row for each package.</summary>
    public string Table()
    {
        var text = new StringBuilder();
        text.AppendLine(
            "package                members   calls  both  takes nothing  contract  holds  our own  parsers'  named  out of reach  uncovered"
        );
        ApiMember[] members = [.. ApiSurface.Members.Where(run.Wants)];
        foreach (IGrouping<string, ApiMember> package in members.GroupBy(member => member.Package))
            text.AppendLine(Row(package.Key, [.. package]));
        text.AppendLine(Row("all", members));
        text.Append(
            FormattableString.Invariant(
                $"{run.Pool.Getters.Count} getters called, of which {run.Pool.Faults.Count} threw; {run.Faults.Count} faults"
            )
        );
        return text.ToString();
    }

    /// <summary>Each member that is not covered, and why.</summary>
    public string Gaps()
    {
        var text = new StringBuilder();
        foreach (ApiMember member in Uncovered)
        {
            ApiTally tally = run.Tallies[member];
            string kind = tally.Succeeded == 0 ? "fails" : "total";
            string why = tally.Succeeded == 0 ? tally.LastRefusal ?? tally.Lacks ?? "" : "";
            text.AppendLine(
                FormattableString.Invariant($"{kind}\t{member.Name}\t{tally.Calls} calls: {why.Split('\n')[0]}")
            );
        }
        return text.ToString();
    }

    /// <summary>The members that took longest.</summary>
    public string Slow() =>
        string.Join(
            '\n',
            run.Members.OrderByDescending(member => run.Tallies[member].Elapsed)
                .Take(40)
                .Select(member =>
                    FormattableString.Invariant(
                        $"{run.Tallies[member].Elapsed.TotalMilliseconds, 8:0} ms in {run.Tallies[member].Calls, 4} calls of {member}"
                    )
                )
        );

    private string Row(string name, ApiMember[] members)
    {
        ApiMember[] called = [.. members.Where(run.Tallies.ContainsKey)];
        int Covered(Func<ApiMember, ApiTally, bool> which) =>
            called.Count(member => run.Tallies[member].Covers(member) && which(member, run.Tallies[member]));
        int OfTotal(Total total) => Covered((member, tally) => tally.Refused == 0 && member.Total == total);
        return FormattableString.Invariant(
            $"{name, -22} {members.Length, 7} {called.Sum(member => run.Tallies[member].Calls), 7} {Covered((_, tally) => tally.Refused > 0), 5} {OfTotal(Total.TakesNothing), 14} {OfTotal(Total.Contract), 9} {OfTotal(Total.Holds), 6} {OfTotal(Total.TakesOurOwn), 8} {called.Count(IsParsers), 9} {members.Count(IsNamed), 6} {members.Count(one => one.OutOfReach is not null), 13} {members.Count(Uncovered.Contains), 10}"
        );
    }

    // Covered by the parsers' tests alone.
    private bool IsParsers(ApiMember member) =>
        ApiSeeds.IsFuzzed(member) && !run.Tallies[member].Covers(member) && !ApiExceptions.All.ContainsKey(member.Name);

    private bool IsNamed(ApiMember member) =>
        ApiExceptions.All.ContainsKey(member.Name)
        && !(run.Tallies.TryGetValue(member, out ApiTally? tally) && tally.Covers(member));
}
