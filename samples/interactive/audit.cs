#!/usr/bin/env dotnet
#:project ../../src/Tessrax.Interactive/Tessrax.Interactive.csproj
#:property RestorePackagesWithLockFile=false
#:property PublishAot=false

// What an auditor asks of a ledger first: dotnet run audit.cs LEDGER [QUERY [TRUST]]
using Tessrax.Interactive;

if (args.Length is 0 or > 3)
{
    Console.Error.WriteLine("usage: dotnet run audit.cs LEDGER [QUERY [TRUST]]");
    return 2;
}
try
{
    using LedgerHandle ledger = Ledger.Open(args[0]);
    Console.WriteLine(ledger);

    Console.WriteLine("\nWhat happened:");
    Console.WriteLine(Chart.Bars(ledger.From().CountBy(item => item.Event), width: 60));

    Console.WriteLine("\nWhose claims were followed:");
    Console.WriteLine(
        Chart.Bars(ledger.Decisions().Where(d => d.Source is not null).CountBy(d => d.Source!), width: 60)
    );

    string query = args.Length > 1 ? args[1] : "severity:>=high event:decision_recorded";
    Console.WriteLine($"\n{ledger.Count(query)} entries answer to {query}:");
    Console.WriteLine(ledger.Find(query).Take(5).ToTable());

    LedgerCheckResult check = ledger.Verify(args.Length > 2 ? args[2] : null);
    Console.WriteLine($"\n{check}");
    if (check.Verdict.Stages.Any(stage => stage is { Name: "trust", Holds: null }))
        Console.Error.WriteLine(
            "hint: no trust root is pinned for this ledger here; give one as TRUST, behind the query"
        );
    return check.Holds ? 0 : 1;
}
catch (Tessrax.TessraxException e)
{
    // Where in a query it is wrong.
    string place = e.Offset >= 0 ? $"column {e.Offset + 1}: " : "";
    Console.Error.WriteLine($"error {e.Code}: {place}{e.Message}\nhint: {e.Hint}");
    return (int)e.Code.Class;
}
