namespace Tessrax.Cli.Commands;

/// <summary><c>evidence add|get</c>: files kept beside a ledger, by digest.</summary>
internal static class EvidenceGroup
{
    public static Verb Create(CliContext context) =>
        new("evidence", "Keep evidence beside the ledger, by digest", "tessraxctl evidence add decisions report.pdf")
        {
            EvidenceAdd.Create(context),
            EvidenceGet.Create(context),
        };
}
