#!/usr/bin/env dotnet
#:project ../../src/Tessrax.Interactive/Tessrax.Interactive.csproj
#:property RestorePackagesWithLockFile=false
#:property PublishAot=false

// What an auditor asks of a ledger first: dotnet run audit.cs LEDGER [QUERY]
using Tessrax.Interactive;

if (args.Length is 0 or > 2)
{
    Console.Error.WriteLine("usage: dotnet run audit.cs LEDGER [QUERY]");
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

    LedgerCheckResult check = ledger.Verify();
    Console.WriteLine($"\n{check}");
    return check.Holds ? 0 : 1;
}
catch (Tessrax.TessraxException e)
{
    Console.Error.WriteLine($"error {e.Code}: {e.Message}\nhint: {e.Hint}");
    return (int)e.Code.Class;
}
