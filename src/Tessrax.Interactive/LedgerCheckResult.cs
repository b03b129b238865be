using System.Globalization;
using System.Text;
using Tessrax.Node.Wording;
using Tessrax.Verification;

namespace Tessrax.Interactive;

/// <summary>What a verification came to; its <c>ToString</c> tells stage by stage.</summary>
public sealed class LedgerCheckResult
{
    internal LedgerCheckResult(Verdict verdict) => Verdict = verdict;

    /// <summary>The verdict itself.</summary>
    public Verdict Verdict { get; }

    /// <summary>Whether every stage holds.</summary>
    public bool Holds => Verdict.Holds;

    /// <summary>The stages, what they found, what is not excluded, and the verdict.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (Stage stage in Verdict.Stages)
        {
            string holds = stage.Holds switch
            {
                true => "yes",
                false => "NO",
                null => stage.Name == "trust" ? "not established" : "not checked",
            };
            text.Append(CultureInfo.InvariantCulture, $"{stage.Name, -12} {holds, -15} {stage.Checked}\n");
            foreach (Finding finding in stage.Findings)
                text.Append(CultureInfo.InvariantCulture, $"  {finding.Code}: {Sanitizer.Clean(finding.Message)}\n");
        }
        foreach (string left in Verdict.Excludes)
            text.Append(CultureInfo.InvariantCulture, $"not excluded: {Sanitizer.Clean(left)}\n");
        return text.Append(Holds ? "holds" : "does not hold").ToString();
    }
}
