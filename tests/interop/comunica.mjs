// Asks a SPARQL endpoint through Comunica and prints the rows as JSON: comunica.mjs ENDPOINT QUERY.
import { QueryEngine } from '@comunica/query-sparql';

const [endpoint, query] = process.argv.slice(-2);
const found = await new QueryEngine().queryBindings(query, { sources: [{ type: 'sparql', value: endpoint }] });
const rows = await found.toArray();
console.log(JSON.stringify(rows.map(row => Object.fromEntries([...row].map(([name, term]) => [name.value, term.value])))));
