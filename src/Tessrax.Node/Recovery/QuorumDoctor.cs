using Tessrax.Governance;
using Tessrax.Node.Reading;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Recovery;

/// <summary>Who may approve, held against what the policy asks for: an action that nobody can get through any more stands in the way only when it is too late.</summary>
internal static class QuorumDoctor
{
    public static IEnumerable<Fault> Examine(LedgerExam exam)
    {
        foreach (UnreachableQuorum missing in MissingIn(exam))
            yield return new Fault(
                "the approvers",
                ErrorCodes.TooFewHolders,
                FaultCause.Unknown,
                FaultWeight.Note,
                $"{missing.What} asks for {string.Join(" and ", missing.Asked)}, and {missing.Reached} of them can be had: nothing of that kind can be approved"
            )
            {
                Area = FaultArea.Keys,
                Remedy = ShellText.Of(
                    $"appoint further approvers, tessraxctl approvers change {exam.Path}; or let the policy ask for fewer, tessraxctl policy upgrade {exam.Path} FILE"
                ),
            };
    }

    // What the entries add up to is verify's to judge; whatever keeps it from being known keeps this from being said.
    private static IReadOnlyList<UnreachableQuorum> MissingIn(LedgerExam exam)
    {
        if (exam is not { Identity: not null, FactsFault: null })
            return [];
        try
        {
            using LedgerView view = LedgerView.Open(exam.Path, exam.Environment.Disk);
            return view.Fold.Policy is { } policy ? QuorumReach.Missing(view.Fold.State, policy) : [];
        }
        catch (TessraxException)
        {
            return [];
        }
    }
}
