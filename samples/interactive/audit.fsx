// The same questions from F#: dotnet fsi audit.fsx LEDGER
// First, once: dotnet publish src/Tessrax.Interactive -r linux-x64 --no-self-contained -o artifacts/interactive
#r "../../artifacts/interactive/Tessrax.Interactive.dll"
#r "../../artifacts/interactive/Tessrax.Node.dll"
#r "../../artifacts/interactive/Tessrax.dll"

open System.Linq
open Tessrax.Interactive

let ledger = Ledger.Open fsi.CommandLineArgs[1]
printfn "%O" ledger
printfn "%s" (Chart.Bars(ledger.From().CountBy(fun item -> item.Event), 60))
printfn "%s" (ledger.Tail(5).ToTable())
printfn "%O" (ledger.Verify())
