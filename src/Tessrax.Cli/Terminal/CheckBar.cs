using Tessrax.Node.Reading;

namespace Tessrax.Cli.Terminal;

/// <summary>Shows on a bar how far the verification of a ledger has come.</summary>
internal sealed class CheckBar(ProgressBar bar) : IProgress<CheckProgress>
{
    public void Report(CheckProgress value) => bar.ReportShare(value.Share);
}
